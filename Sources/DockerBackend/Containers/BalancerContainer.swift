internal import ClusterModel
internal import DockerEngine
internal import Orchestration

/// What a balancer's container is made of, and the files it reads when it starts: what its driver declares, in what is the same for all.
struct BalancerContainer {
    let topology: Topology
    let balancer: BalancerSpec
    let support: BalancerSupport

    var config: ContainerConfig {
        var config = ContainerConfig(image: topology.resolved(balancer).image ?? Topology.defaultBalancerImage)
        config.hostname = balancer.name
        config.labels = topology.labels(.balancer, balancer: balancer)
        config.mounts = [topology.controlMount]
        let inner = support.driver.ports
        config.publishedPorts = [
            (balancer.port, inner.sql), (balancer.pcpPort, inner.pcp), (balancer.restPort, inner.rest),
        ]
        .compactMap { host, inner in inner.map { published(host, $0) } }
        config.network = NetworkAttachment(
            topology.network.name,
            ipv4Address: balancer.address.description,
            aliases: [balancer.name]
        )
        config.extraHosts = balancer.hostEntries
        config.restartPolicy = .unlessStopped
        config.disablesHealthcheck = true
        config.logging = .jsonFile(maxSize: "20m")
        let contents = contents(nil)
        config.environment = contents.environment
        if let command = contents.command {
            config.entrypoint = command
            config.command = []
        }
        config.capAdd = contents.kernelCapabilities
        return config
    }

    /// The files, below the container's root. Passwords are in them only where the driver says so.
    func files(_ secrets: Secrets?, runsAsRoot: Bool = true) -> [UploadFile] {
        contents(support.holdsPasswords ? secrets : nil, runsAsRoot: runsAsRoot).files
            .map { UploadFile($0.path, $0.text, mode: $0.mode) }
    }

    private func contents(_ secrets: Secrets?, runsAsRoot: Bool = true) -> BalancerContents {
        let login = secrets.map { MonitorLogin(user: SecretName.monitor.role, password: $0[.monitor]) }
        return support.contents(
            BalancerSituation(cluster: topology.name, balancer: balancer, monitor: login, runsAsRoot: runsAsRoot)
        )
    }

    private func published(_ host: Int, _ inner: Int) -> PublishedPort {
        PublishedPort(hostAddress: topology.bindAddress, hostPort: host, containerPort: ContainerPort(inner))
    }
}
