internal import ClusterModel
internal import DockerEngine

/// A container that lives for one stage of a major upgrade. It sees the volume of the node that is upgraded where a node would, and
/// those of the other nodes beside it.
struct UpgradeContainer {
    let topology: Topology
    let balancer: BalancerSpec
    let node: NodeSpec
    let image: String
    /// The container whose network it is in; `nil` for none.
    var beside: String?
    /// Arguments of `node.sh upgrade`.
    let arguments: [String]

    var config: ContainerConfig {
        var config = ContainerConfig(image: image)
        config.entrypoint = ["/bin/sh", ContainerPath.nodeScript, "upgrade"] + arguments
        config.command = []
        config.user = "0"
        config.network = NetworkAttachment(beside.map { "container:\($0)" } ?? "none")
        // As a seed's: what a cut run left of it is removed by the next command.
        config.labels = topology.labels(.seed, balancer: balancer)
        config.disablesHealthcheck = true
        config.shmSize = 256 << 20
        config.mounts =
            balancer.nodes.map { other in
                topology.dataMount(
                    of: other,
                    behind: balancer,
                    at: other.id == node.id ? ContainerPath.data : "\(ContainerPath.seedVolumes)/\(other.id)"
                )
            } + [topology.controlMount]
        return config
    }

    var files: [UploadFile] {
        NodeContainer(topology: topology, balancer: balancer, node: node).files
    }
}
