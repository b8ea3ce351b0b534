extension ObservedNode {
    /// How far this replica is behind the balancer's one primary, in bytes of WAL; `nil` for anything but a replica.
    public func lagBytes(in balancer: ObservedBalancer) -> Int? {
        lagBytes(behind: balancer.primary)
    }

    /// The same, where the one primary is known.
    public func lagBytes(behind primary: ObservedNode?) -> Int? {
        guard let postgres, postgres.role == .replica, let source = primary?.postgres else { return nil }
        return max(0, source.position - postgres.position)
    }
}
