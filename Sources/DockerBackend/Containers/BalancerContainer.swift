internal import ClusterModel
internal import DockerEngine

/// What a balancer's container is made of, and the files it reads when it starts.
struct BalancerContainer {
    let topology: Topology
    let balancer: BalancerSpec

    var config: ContainerConfig {
        var config = ContainerConfig(image: topology.resolved(balancer).image ?? Topology.defaultBalancerImage)
        config.hostname = balancer.name
        config.labels = topology.labels(.balancer, balancer: balancer)
        config.mounts = [topology.controlMount]
        config.publishedPorts = [
            published(balancer.port, InnerPort.sql), published(balancer.pcpPort, InnerPort.pcp),
            published(balancer.restPort, InnerPort.rest),
        ]
        config.network = NetworkAttachment(
            topology.network.name,
            ipv4Address: balancer.address.description,
            aliases: [balancer.name]
        )
        config.extraHosts = balancer.hostEntries
        config.restartPolicy = .unlessStopped
        config.disablesHealthcheck = true
        config.logging = .jsonFile(maxSize: "20m")
        switch balancer.driver {
        case .pgpool:
            // A hung primary is cut off by a route and by ending its sockets: see the agent.
            config.capAdd = ["NET_ADMIN"]
        case .pgbalancer:
            config.environment = PgBalancerContract(balancer: balancer).environment
        }
        return config
    }

    /// The files, below the container's root. Only those for the user's own image hold a secret; ours reads the control volume.
    /// A program that does not run as root has to be able to read its configuration, and then so can others in that container.
    func files(_ secrets: Secrets, runsAsRoot: Bool = true) -> [UploadFile] {
        switch balancer.driver {
        case .pgpool:
            let settings: Document = [
                "cluster": .string(topology.name),
                "balancer": .string(balancer.name),
                "parameters": balancer.parameterDocument["parameters"] ?? .null,
                "hold": .boolean(balancer.hold),
            ]
            return [UploadFile("pgbc/balancer.json", settings.json(pretty: true))]
        case .pgbalancer:
            let contract = PgBalancerContract(balancer: balancer)
            let text = contract.configuration(secrets)
            return [UploadFile("etc/pgbalancer/pgbalancer.conf", text, mode: runsAsRoot ? 0o600 : 0o644)]
        }
    }

    private func published(_ host: Int, _ inner: Int) -> PublishedPort {
        PublishedPort(hostAddress: topology.bindAddress, hostPort: host, containerPort: ContainerPort(inner))
    }
}
