internal import ClusterModel
internal import DockerEngine

/// A container that lives for a second: it sees the volumes of all nodes of a balancer, initialises the primary's data
/// and copies it, cold, to the replicas. Nothing is cloned over the network on a fresh cluster.
struct SeedContainer {
    let topology: Topology
    let balancer: BalancerSpec

    var config: ContainerConfig {
        var config = ContainerConfig(image: topology.resolved(balancer.primary).image ?? topology.nodeImage)
        config.entrypoint = FirstFiles.entrypoint(balancer: balancer.name, node: balancer.primary.id)
        config.command = ["seed"]
        config.user = "0"
        // It talks to nobody, and starts sooner without a network.
        config.network = NetworkAttachment("none")
        config.labels = topology.labels(.seed, balancer: balancer)
        config.disablesHealthcheck = true
        config.mounts =
            balancer.nodes.map { node in
                topology.dataMount(
                    of: node,
                    behind: balancer,
                    at: "\(ContainerPath.seedVolumes)/\(node.id)"
                )
            } + [topology.controlMount]
        return config
    }
}
