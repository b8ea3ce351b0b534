internal import ClusterModel
internal import Foundation

/// The labels by which the engine's objects say what they belong to and what was asked for.
enum Label {
    static let cluster = "pgbc.cluster"
    /// What the object is: one of ``Kind``.
    static let kind = "pgbc.kind"
    static let balancer = "pgbc.balancer"
    static let node = "pgbc.node"
    /// JSON of a ``ClusterLabel``: the network and what else holds for the whole cluster.
    static let clusterSpec = "pgbc.cluster.spec"
    /// JSON of a `BalancerSpec`; of its nodes only the primary, and only because it needs one.
    static let balancerSpec = "pgbc.balancer.spec"
    /// JSON of a `NodeSpec`.
    static let nodeSpec = "pgbc.node.spec"
    /// On a node: which start-up scripts it was made with.
    static let scripts = "pgbc.scripts"
    /// On a network: JSON of the ports that its cluster began with. They are its own before a container publishes them.
    static let ports = "pgbc.ports"
    /// On a lock: who took it.
    static let owner = "pgbc.owner"

    enum Kind: String {
        case network, control, node, balancer, seed, lock, data, watcher
    }
}

/// What holds for a whole cluster, as a label carries it.
struct ClusterLabel: Codable, Equatable {
    var name: String
    var network: NetworkSpec
    var bindAddress: String
    var image: String?
    var settings: [String: String]

    init(_ topology: Topology) {
        name = topology.name
        network = topology.network
        bindAddress = topology.bindAddress
        image = topology.image
        settings = topology.settings
    }

    func topology(_ balancers: [BalancerSpec]) -> Topology {
        Topology(
            name: name,
            network: network,
            bindAddress: bindAddress,
            image: image,
            settings: settings,
            balancers: balancers
        )
    }
}

extension Topology {
    /// Labels that every object of the cluster carries.
    func labels(_ kind: Label.Kind) -> [String: String] {
        [Label.cluster: name, Label.kind: kind.rawValue, Label.clusterSpec: Self.encode(ClusterLabel(self))]
    }

    /// Labels of its network.
    var networkLabels: [String: String] {
        labels(.network).merging([Label.ports: Self.encode(balancers.flatMap(\.ports))]) { $1 }
    }

    /// Labels of a balancer's container.
    func labels(_ kind: Label.Kind, balancer: BalancerSpec) -> [String: String] {
        var spec = resolved(balancer)
        spec.replicas = []
        return labels(kind).merging([
            Label.balancer: balancer.name, Label.balancerSpec: Self.encode(spec),
        ]) { $1 }
    }

    /// Labels of a node's container and of its data volume: enough to rebuild what was asked for from any one of them.
    func labels(_ kind: Label.Kind, balancer: BalancerSpec, node: NodeSpec) -> [String: String] {
        labels(kind, balancer: balancer).merging([
            Label.node: node.host, Label.nodeSpec: Self.encode(resolved(node)),
        ]) { $1 }
    }

    private static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // These types hold nothing that JSON cannot hold.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension [String: String] {
    /// The value that a label carries as JSON; `nil` when it is missing or of another shape.
    func decoded<Spec: Decodable>(_ label: String, as type: Spec.Type = Spec.self) -> Spec? {
        self[label].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
}
