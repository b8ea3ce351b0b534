internal import ClusterModel

/// The files of a fresh balancer's nodes, in one place on the control volume, from where the containers take them. An upload into each
/// container would cost the engine more than all else about it until it is started.
struct FirstFiles {
    let topology: Topology
    let balancers: [BalancerSpec]

    /// Paths below the control volume's root.
    var all: [UploadFile] {
        var files: [String: UploadFile] = [:]
        for balancer in balancers {
            for node in balancer.nodes {
                let container = NodeContainer(topology: topology, balancer: balancer, node: node)
                for file in container.files { files[Self.place(of: file, balancer.name, node.id)] = file }
            }
        }
        return files.sorted { $0.key < $1.key }.map { UploadFile($0.key, bytes: $0.value.bytes, mode: $0.value.mode) }
    }

    /// The scripts are the same for all nodes.
    private static func place(of file: UploadFile, _ balancer: String, _ node: Int) -> String {
        let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
        let folder = ContainerPath.firstFiles
        return name.hasSuffix(".sh") ? "\(folder)/\(name)" : "\(folder)/\(balancer)/\(node)/\(name)"
    }

    /// Runs a node's start-up script, in a container that was given its files or, by their last one being absent, takes these.
    static func entrypoint(balancer: String, node: Int) -> [String] {
        let (home, found) = (ContainerPath.home, "\(ContainerPath.control)/\(ContainerPath.firstFiles)")
        let fill = "cp \(found)/*.sh '\(found)/\(balancer)/\(node)/'* \(home)/"
        return [
            "/bin/sh", "-c",
            "[ -f \(home)/postgresql.conf ] || \(fill) || exit; exec /bin/sh \(ContainerPath.nodeScript) \"$@\"",
            ContainerPath.nodeScript,
        ]
    }
}
