/// The times without a success in a row of moments, in seconds.
struct Gaps {
    private let moments: [Double]

    /// Moments of successes, in any order.
    init(_ moments: [Double]) { self.moments = moments.sorted() }

    /// All pairs of neighbouring successes of which the later is not before `begin`.
    private func pairs(after begin: Double) -> [Gap] {
        zip(moments, moments.dropFirst()).filter { $1 >= begin }.map { Gap(from: $0, to: $1) }
    }

    func longest(after begin: Double) -> Gap? { pairs(after: begin).max { $0.length < $1.length } }

    /// The gaps that are longer than so many seconds.
    func longer(than length: Double, after begin: Double) -> [Gap] { pairs(after: begin).filter { $0.length > length } }
}

/// The time between the last success before something and the first after it, in seconds since that thing began.
public struct Gap: Sendable, Codable, Equatable {
    /// The last success before.
    public var from: Double
    /// The first success after.
    public var to: Double
    /// The seconds between.
    public var length: Double { to - from }

    func moved(by seconds: Double) -> Gap { Gap(from: from + seconds, to: to + seconds) }
}
