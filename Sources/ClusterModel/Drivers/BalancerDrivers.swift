/// The drivers that topologies can name, and by which an image finds its own.
public struct BalancerDrivers: Sendable, Equatable {
    /// pgbc's own first.
    public private(set) var all: [BalancerDriver]
    /// Whether a name that is not there is taken as it is. So stored topologies are read: their driver may be gone.
    var takesUnknown = false

    /// pgpool-II and pgBalancer.
    public static let own = BalancerDrivers(all: [.pgpool, .pgbalancer])

    /// pgbc's own, and others. Of two with one name the first counts.
    public init(adding others: [BalancerDriver]) {
        self = .own
        for driver in others where self[driver.name] == nil { all.append(driver) }
    }

    private init(all: [BalancerDriver]) { self.all = all }

    /// The same, for reading what was written down when the drivers may have been others.
    public var lenient: BalancerDrivers {
        var drivers = self
        drivers.takesUnknown = true
        return drivers
    }

    /// The driver of that name.
    public subscript(name: String) -> BalancerDriver? {
        all.first { $0.name == name } ?? (takesUnknown ? .unknown(name) : nil)
    }

    /// The driver of an image: the one with the longest beginning that fits; pgpool-II for any other, and none.
    public func driver(of image: String?) -> BalancerDriver {
        let repository = image.flatMap(ImageReference.init)?.lastPart ?? ""
        let fits = all.flatMap { driver in
            driver.images.filter(repository.hasPrefix).map { (length: $0.count, driver: driver) }
        }
        return fits.max { $0.length < $1.length }?.driver ?? .pgpool
    }

    /// Why a driver cannot be added; `nil` when it can.
    public func refusal(of driver: BalancerDriver) -> String? {
        guard Names.isName(driver.name, 1...Names.longest) else {
            return "the driver \(Document.string(driver.name).excerpt): \(Names.rule(1...Names.longest))"
        }
        if let other = all.first(where: { $0.name == driver.name }) {
            return "the driver \(driver.name): there is one of that name, for \(other.program)"
        }
        for image in driver.images {
            if image.isEmpty { return "the driver \(driver.name): it claims every image" }
            if let other = all.first(where: { $0.images.contains(image) }) {
                return "the driver \(driver.name): images that begin with \(image) belong to the driver \(other.name)"
            }
        }
        return nil
    }
}
