internal import ClusterModel
internal import DockerEngine

/// What a node's container is made of, and the files it reads when it starts.
struct NodeContainer {
    let topology: Topology
    let balancer: BalancerSpec
    let node: NodeSpec

    var config: ContainerConfig {
        var config = ContainerConfig(image: topology.resolved(node).image ?? topology.nodeImage)
        config.entrypoint = FirstFiles.entrypoint(balancer: balancer.name, node: node.id)
        config.command = []
        config.user = "0"
        config.hostname = node.host
        config.labels = topology.labels(.node, balancer: balancer, node: node)
        config.labels[Label.scripts] = Self.scriptsFingerprint
        config.mounts = [
            topology.dataMount(of: node, behind: balancer, at: ContainerPath.data),
            topology.controlMount,
        ]
        config.publishedPorts = [
            PublishedPort(
                hostAddress: topology.bindAddress,
                hostPort: node.port,
                containerPort: ContainerPort(InnerPort.postgres)
            )
        ]
        config.network = NetworkAttachment(
            topology.network.name,
            ipv4Address: node.address.description,
            aliases: [node.host]
        )
        config.extraHosts = balancer.hostEntries
        config.restartPolicy = .unlessStopped
        config.stopSignal = "SIGTERM"
        config.stopTimeout = 70
        config.shmSize = 256 << 20
        config.disablesHealthcheck = true
        config.logging = .jsonFile(maxSize: "20m")
        return config
    }

    /// The start-up scripts with the node's own settings, below the container's root.
    var files: [UploadFile] {
        NodeContainer.script(cluster: topology.name, balancer: balancer.name, node: node.id)
            + [UploadFile("pgbc/postgresql.conf", settingLines)]
    }

    static func script(cluster: String, balancer: String, node: Int) -> [UploadFile] {
        scripts + [
            UploadFile(
                "pgbc/node.conf",
                """
                PGBC_CLUSTER='\(cluster)'
                PGBC_BALANCER='\(balancer)'
                PGBC_NODE_ID='\(node)'

                """
            )
        ]
    }

    /// The settings that pgbc is asked to keep for this node.
    var wantedSettings: [String: String] { topology.resolved(node).settings }

    /// The same as lines of a configuration file.
    var settingLines: String {
        wantedSettings.sorted { $0.key < $1.key }
            .map { "\($0.key) = '\($0.value.replacing("'", with: "''"))'\n" }.joined()
    }
}

extension NodeContainer {
    /// The same for all nodes.
    private static let scripts = [
        UploadFile("pgbc/node.sh", bytes: PackageResources.node_sh, mode: 0o755),
        UploadFile("pgbc/node-handover.sh", bytes: PackageResources.node_handover_sh, mode: 0o644),
        UploadFile("pgbc/node-lib.sh", bytes: PackageResources.node_lib_sh, mode: 0o644),
        UploadFile("pgbc/node-replica.sh", bytes: PackageResources.node_replica_sh, mode: 0o644),
        UploadFile("pgbc/node-seed.sh", bytes: PackageResources.node_seed_sh, mode: 0o644),
        UploadFile("pgbc/node-settings.sh", bytes: PackageResources.node_settings_sh, mode: 0o644),
        UploadFile("pgbc/node-sync.sh", bytes: PackageResources.node_sync_sh, mode: 0o644),
        UploadFile("pgbc/node-upgrade.sh", bytes: PackageResources.node_upgrade_sh, mode: 0o644),
    ]

    /// Changes whenever one of the scripts does.
    static let scriptsFingerprint = scripts.fingerprint
}

extension Topology {
    /// The volume with the data of a node.
    func dataMount(of node: NodeSpec, behind balancer: BalancerSpec, at path: String) -> Mount {
        Mount(
            .volume(
                VolumeName.data(of: node, in: name),
                noCopy: true,
                labels: labels(.data, balancer: balancer, node: node)
            ),
            at: path
        )
    }

    /// The control volume, as every container of the cluster mounts it.
    var controlMount: Mount {
        Mount(.volume(VolumeName.control(name), noCopy: true, labels: labels(.control)), at: ContainerPath.control)
    }
}

extension BalancerSpec {
    /// Names of the nodes, so that a slow name server is never asked.
    var hostEntries: [HostEntry] { nodes.map { HostEntry($0.host, address: $0.address.description) } }

    /// The list of nodes as the containers read it; its last line tells that it is whole. Of `ids` that are no longer wanted, and go
    /// later, the list takes what it holds now.
    func nodeList(_ ids: [Int], now: [(id: Int, line: String)] = []) -> String {
        let own = nodes.filter { ids.contains($0.id) }.map { node in
            (id: node.id, line: "\(node.id) \(node.host) \(node.address) \(InnerPort.postgres) \(node.weight.plain)")
        }
        let others = now.filter { ids.contains($0.id) && !nodes.map(\.id).contains($0.id) }
        return (own + others).sorted { $0.id < $1.id }.map { "\($0.line)\n" }.joined() + "end\n"
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var plain: String { Int(exactly: self).map(String.init) ?? String(self) }
}
