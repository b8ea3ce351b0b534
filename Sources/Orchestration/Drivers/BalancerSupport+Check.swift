public import ClusterModel

extension BalancerSupport {
    /// Why the declaration contradicts itself: it says that it can what nothing tells pgbc how to do. `nil` when it is sound.
    ///
    /// What needs pgbc's own agent cannot be declared by a plugin, whose image has none.
    public var contradiction: String? {
        guard !driver.hasAgent else { return "only pgbc's own image holds its agent" }
        for capability in [BalancerDriver.Capability.hold, .failover] where driver.can(capability) {
            return "it says that it can \(capability.rawValue), which only pgbc's own agent does"
        }
        if driver.can(.attach) != (attaching != nil) {
            return attaching == nil
                ? "it says that it can attach, and names no program for it"
                : "it names a program that attaches nodes, and does not say that it can attach"
        }
        for capability in [BalancerDriver.Capability.membership, .reload]
        where driver.can(capability) && notice == .atStart {
            return "it says that it can \(capability.rawValue), and is told of changes only when it starts"
        }
        if (driver.view == .rest) != (nodes != nil) { return "a view over REST needs a route, and a route that view" }
        if driver.view == .rest, driver.ports.rest == nil { return "its view is over REST, and it has no REST port" }
        return nil
    }
}

extension BalancerDrivers {
    /// pgbc's own, and those that are declared.
    public init(adding supports: [BalancerSupport]) { self.init(adding: supports.map(\.driver)) }
}
