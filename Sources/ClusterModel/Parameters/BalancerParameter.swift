/// A balancer parameter that a topology may set: its type, and whether a change needs a restart of the balancer.
public struct BalancerParameter: Sendable, Hashable, Codable {
    /// As in pgpool.conf.
    public var name: String
    /// What values it takes.
    public var type: ParameterType
    /// Whether a running balancer has to be restarted to take a new value; if not, a reload is enough.
    public var needsRestart: Bool

    /// A parameter that a driver declares; text that takes a restart unless told otherwise.
    public init(name: String, type: ParameterType = .text, needsRestart: Bool = true) {
        self.name = name
        self.type = type
        self.needsRestart = needsRestart
    }

    /// The parameter of this name in the program that the driver stands for; nil if that has none or pgbc owns it.
    ///
    /// Parameters that exist once per node (`health_check_period0`) are found under their number, 0 to 31.
    public static func named(_ name: String, driver: BalancerDriver = .pgpool) -> BalancerParameter? {
        if case .declared(let own) = driver.parameters { return own.first { $0.name == name } }
        if driver.parameters == .any { return BalancerParameter(name: name) }
        if let parameter = BalancerParameterTable.shared[name, driver.parameters] { return parameter }
        let digits = name.reversed().prefix(while: \.isASCIIDigit).count
        guard let number = Int(name.suffix(digits)), NodeSpec.ids.contains(number), String(number).count == digits,
            let unit = BalancerParameterTable.perNode[String(name.dropLast(digits))]
        else { return nil }
        return BalancerParameter(
            name: name,
            type: .integer(range: 0...ParameterType.largest, unit: unit),
            needsRestart: false
        )
    }

    /// The parameter of this name if a topology may set it; otherwise the reason why not.
    static func permitted(_ name: String, driver: BalancerDriver) throws(ParameterRefusal) -> BalancerParameter {
        if let parameter = named(name, driver: driver) { return parameter }
        if driver.parameters.isPooling, let owner = OwnedName.balancerParameter(name) {
            throw ParameterRefusal(reason: owner.reason, suggestion: owner.suggestion)
        }
        if driver.parameters == .pgpool, named(name, driver: .pgbalancer) != nil {
            throw ParameterRefusal(reason: "pgpool-II 4.3 does not have this parameter yet", suggestion: "leave it out")
        }
        let near = name.nearest(in: names(driver: driver))
        throw ParameterRefusal(
            reason: "\(driver.program) has no such parameter",
            suggestion: near.map { "did you mean \"\($0)\"?" } ?? "leave it out"
        )
    }

    /// All names that a topology may set for this driver, in the order of the sample file.
    public static func names(driver: BalancerDriver = .pgpool) -> [String] {
        if case .declared(let own) = driver.parameters { return own.map(\.name) }
        return BalancerParameterTable.shared.names(of: driver.parameters)
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
}
