extension Plan {
    /// Whether it makes a node of a balancer, takes one away, or clones one anew.
    public func remakesNodes(of balancer: ObservedBalancer) -> Bool {
        let containers = Set(balancer.nodes.map(\.spec.containerName))
        return steps.contains { step in
            switch step.action {
            case .createNode(balancer.spec.name, _), .reclone(balancer.spec.name, _): true
            case .removeContainer(let name, _): containers.contains(name)
            default: false
            }
        }
    }
}
