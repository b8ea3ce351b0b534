extension ObservedNode {
    /// How far this replica is behind the balancer's one primary, in bytes of WAL; `nil` for anything but a replica.
    public func lagBytes(in balancer: ObservedBalancer) -> Int? {
        guard let postgres, postgres.role == .replica, let primary = balancer.primary?.postgres else { return nil }
        return max(0, primary.position - postgres.position)
    }
}
