/// A port inside a container, as in `5432/tcp`.
public struct ContainerPort: Sendable, Hashable, CustomStringConvertible {
    /// The port's number.
    public var number: Int
    /// `tcp`, `udp` or `sctp`.
    public var transport: String

    /// A TCP port unless told otherwise.
    public init(_ number: Int, transport: String = "tcp") {
        self.number = number
        self.transport = transport
    }

    /// The engine's spelling, `NUMBER/TRANSPORT`.
    public var description: String { "\(number)/\(transport)" }

    init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard let first = parts.first, let number = Int(first) else { return nil }
        self.init(number, transport: parts.count > 1 ? String(parts[1]) : "tcp")
    }
}

/// A port of a container that the host passes on.
public struct PublishedPort: Sendable, Hashable {
    /// The host's address that is bound; empty for all of them.
    public var hostAddress: String
    /// The host's port; nil where the engine is to choose, or where the port is exposed and not published.
    public var hostPort: Int?
    /// The port inside the container.
    public var containerPort: ContainerPort

    /// A port bound on loopback unless told otherwise.
    public init(hostAddress: String = "127.0.0.1", hostPort: Int?, containerPort: ContainerPort) {
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.containerPort = containerPort
    }
}

/// A port as the container list spells it.
struct ListedPort: Decodable {
    let published: PublishedPort

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        let transport: String = try fields.value("Type", or: "tcp")
        published = PublishedPort(
            hostAddress: try fields.value("IP", or: ""),
            hostPort: try fields.decodeIfPresent(Int.self, forKey: "PublicPort"),
            containerPort: ContainerPort(try fields.value("PrivatePort"), transport: transport)
        )
    }
}

/// The map of ports as inspection and creation spell it: `{"5432/tcp": [{"HostIp", "HostPort"}] | null}`.
struct PortMap: Codable {
    private struct Binding: Codable {
        var HostIp: String?
        var HostPort: String?
    }

    let published: [PublishedPort]

    init(_ published: [PublishedPort]) {
        self.published = published
    }

    init(from decoder: any Decoder) throws {
        let map = try decoder.singleValueContainer().decode([String: [Binding]?].self)
        published = map.sorted { $0.key < $1.key }.flatMap { name, bindings -> [PublishedPort] in
            guard let port = ContainerPort(name) else { return [] }
            return (bindings ?? []).map { binding in
                PublishedPort(
                    hostAddress: binding.HostIp ?? "",
                    hostPort: binding.HostPort.flatMap { Int($0) },
                    containerPort: port
                )
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        let map = Dictionary(grouping: published, by: \.containerPort.description).mapValues { ports in
            ports.map { Binding(HostIp: $0.hostAddress, HostPort: $0.hostPort.map { "\($0)" } ?? "") }
        }
        var container = encoder.singleValueContainer()
        try container.encode(map)
    }
}
