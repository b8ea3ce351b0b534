public import ClusterModel
internal import DockerEngine
internal import Foundation

extension DockerClusterBackend {
    /// Ports, networks and container names in use by anything but the given cluster.
    public func hostUse(except cluster: String?) async throws -> HostUse {
        try await onEngine { try await use(except: cluster, sparing: true) }
    }

    /// With `sparing`, ports that a stopped or only just starting container of the cluster will publish count as its own; without,
    /// whoever listens there now is named.
    func use(except cluster: String?, sparing: Bool) async throws -> HostUse {
        async let listed = client.listContainers()
        async let networks = client.listNetworks()
        let containers = try await listed
        let isOurs = { (labels: [String: String]) in cluster != nil && labels[Label.cluster] == cluster }
        var use = HostUse()
        let ours = Set(
            containers.filter { isOurs($0.labels) }.flatMap {
                $0.ports.compactMap(\.hostPort) + (sparing ? $0.wantedPorts : [])
            }
        )
        if client.address.remoteHost == nil {
            for (port, holder) in ListeningPorts.now where !ours.contains(port) { use.ports[port] = holder }
        }
        for container in containers where !isOurs(container.labels) {
            let owner = container.labels[Label.cluster].map { "cluster \($0)" } ?? "not made by pgbc"
            use.containerNames[container.name] = owner
            let ports = container.ports.compactMap(\.hostPort) + container.wantedPorts
            for port in ports { use.ports[port] = "container \(container.name) (\(owner))" }
        }
        use.networks = try await networks.filter { !isOurs($0.labels) }.flatMap { network in
            network.subnets.compactMap { Subnet($0.range) }.map { HostUse.Network(name: network.name, subnet: $0) }
        }
        return use
    }
}

extension ContainerSummary {
    /// The ports that a container of some cluster publishes while it runs, also when it is stopped.
    fileprivate var wantedPorts: [Int] {
        if let node = labels.decoded(Label.nodeSpec, as: NodeSpec.self) { return [node.port] }
        guard kind == .balancer, let spec = labels.decoded(Label.balancerSpec, as: BalancerSpec.self) else { return [] }
        return [spec.port, spec.pcpPort, spec.restPort]
    }
}

/// TCP ports on which something of this machine listens, from proc(5). Empty where there is no /proc.
enum ListeningPorts {
    /// Each port with its holder in words.
    static var now: [Int: String] {
        var inodes: [Int: Substring] = [:]
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let text = try? String(contentsOfFile: table, encoding: .utf8) else { continue }
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                // Field 3 is the state; 0A is LISTEN. Field 1 is ADDRESS:PORT in hexadecimal, field 9 the socket's inode.
                guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":"),
                    let port = Int(fields[1][fields[1].index(after: colon)...], radix: 16)
                else { continue }
                inodes[port] = fields[9]
            }
        }
        guard !inodes.isEmpty else { return [:] }
        let holders = holders(of: Set(inodes.values))
        return inodes.mapValues { holders[$0] ?? "another program of this machine" }
    }

    /// Which process has each of these sockets open, in words. Only root sees those of other users.
    private static func holders(of sockets: Set<Substring>) -> [Substring: String] {
        var found: [Substring: String] = [:]
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in processes where process.first?.isNumber == true {
            guard found.count < sockets.count else { break }
            let folder = "/proc/\(process)/fd"
            for descriptor in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"),
                    link.hasPrefix("socket:["), case let inode = link.dropFirst(8).dropLast(), sockets.contains(inode)
                else { continue }
                found[inode] = "process \(process)\(name(of: process).map { " (\($0))" } ?? "")"
            }
        }
        return found
    }

    private static func name(of process: String) -> String? {
        (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
