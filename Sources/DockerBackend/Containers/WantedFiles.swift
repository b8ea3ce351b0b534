internal import ClusterModel

/// What is wanted now, as the containers and the next pgbc read it on the control volume. An unpacked archive is not replaced
/// as a whole, so whatever has lines has a last one that says that it is complete.
struct WantedFiles {
    let topology: Topology

    /// Paths below the control volume's root. The topology is the last: the next run takes what it says for written.
    var all: [UploadFile] {
        topology.balancers.flatMap(files) + [stored]
    }

    /// The topology as a whole.
    var stored: UploadFile { UploadFile(Topology.storedPath, topology.document.json(pretty: true)) }

    private func files(of balancer: BalancerSpec) -> [UploadFile] {
        let place = balancer.name
        return balancer.nodes.map { node in
            let container = NodeContainer(topology: topology, balancer: balancer, node: node)
            return UploadFile("\(place)/settings.\(node.id)", container.settingLines + "# end\n")
        } + [
            UploadFile(
                "\(place)/options",
                "sync \(balancer.sync)\nwhen_short \(balancer.whenShort.rawValue)\nend\n"
            ),
            UploadFile("\(place)/parameters.json", balancer.parameterDocument.json(pretty: true)),
        ]
    }
}

extension BalancerSpec {
    /// The parameters as the agent reads them.
    var parameterDocument: Document {
        [
            "parameters": .object(parameters.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
            "hold": .boolean(hold),
        ]
    }
}

extension Topology {
    /// Where it is written down, below the control volume's root.
    static let storedPath = "topology.json"

    /// A topology that was written down; `nil` when it is incomplete or of another shape.
    init?(stored bytes: [UInt8], drivers: BalancerDrivers = .own) {
        guard let document = try? Document(json: bytes, source: Self.storedPath),
            let topology = try? Topology.load(document, source: Self.storedPath, drivers: drivers.lenient)
        else { return nil }
        self = topology
    }
}
