import ClusterModel
import Foundation
import Testing

@testable import DockerBackend
@testable import DockerEngine

@Suite struct `An observation` {
    private func topology(_ replicas: Document, config: Document = [:]) throws -> Topology {
        let document: Document = [
            "cluster_name": "shop", "balancers": [["name": "lb1", "config": config, "replicas": replicas]],
        ]
        return try Topology.load(document, source: "test")
    }

    /// A snapshot of the engine with every container of a topology, all of them running.
    private func snapshot(
        _ topology: Topology,
        relabelled: [String: String] = [:],
        volumes: [VolumeDetails] = []
    ) throws -> EngineSnapshot {
        let containers = try topology.balancers.flatMap { balancer in
            try [
                summary(
                    balancer.containerName,
                    "pgbc/balancer:4.3",
                    BalancerContainer(topology: topology, balancer: balancer, support: .pgpool).config.labels.merging(
                        relabelled
                    ) { $1 }
                )
            ]
                + balancer.nodes.map { node in
                    try summary(
                        node.containerName,
                        "pgbc/postgres:15",
                        NodeContainer(topology: topology, balancer: balancer, node: node).config.labels
                            .merging(relabelled) { $1 }
                    )
                }
        }
        return EngineSnapshot(name: topology.name, containers: containers, networks: [], volumes: volumes)
    }

    private func summary(_ name: String, _ image: String, _ labels: [String: String]) throws -> ContainerSummary {
        struct Row: Encodable {
            var Id: String
            var Names: [String]
            var Image: String
            var ImageID: String
            var State: String
            var Labels: [String: String]
        }
        let row = Row(
            Id: name,
            Names: ["/\(name)"],
            Image: image,
            ImageID: "sha256:1",
            State: "running",
            Labels: labels
        )
        return try JSONDecoder().decode(ContainerSummary.self, from: try JSONEncoder().encode(row))
    }

    private func volume(_ wanted: Topology) -> ControlVolume {
        var archive = TarArchive()
        archive.addDirectory("control")
        for file in WantedFiles(topology: wanted).all {
            archive.addFile("control/\(file.path)", file.bytes, mode: file.mode, modified: 0)
        }
        return ControlVolume(archive: archive)
    }

    @Test func `takes what was written down last before what the containers were made for`() throws {
        let made = try topology([["node_id": 1]], config: ["num_init_children": 8])
        let wanted = try topology(
            [["node_id": 1, "weight": 3, "settings": ["work_mem": "8MB"]]],
            config: ["num_init_children": 16]
        )
        let observed = try snapshot(made).observed(volume(wanted))
        #expect(observed.topology == wanted)
        let balancer = try #require(observed.balancers.first)
        #expect(balancer.spec.parameters == ["num_init_children": "16"])
        let node = try #require(balancer.nodes.first { $0.spec.id == 1 })
        #expect(node.spec.weight == 3)
        #expect(node.spec.settings["work_mem"] == "8MB")
        #expect(node.spec.port == made.balancers[0].replicas[0].port)
    }

    @Test func `shows nodes that are wanted and not there, and those that are there and not wanted`() throws {
        let made = try topology([["node_id": 1], ["node_id": 2]])
        let wanted = try topology([["node_id": 1], ["node_id": 3]])
        let nodes = try #require(try snapshot(made).observed(volume(wanted)).balancers.first?.nodes)
        #expect(nodes.map(\.spec.id).sorted() == [0, 1, 2, 3])
        #expect(nodes.first { $0.spec.id == 3 }?.container == nil)
        #expect(nodes.first { $0.spec.id == 2 }?.container != nil)
    }

    @Test func `shows a node that was renamed once, although its volume keeps the old name`() throws {
        let before = try topology([["node_id": 1, "host": "replica1"]])
        let after = try topology([["node_id": 1, "host": "r1"]])
        let balancer = before.balancers[0]
        let labels = before.labels(.data, balancer: balancer, node: balancer.replicas[0])
        let volume = VolumeLabels(Name: "shop_data", Labels: labels)
        let snapshot = try snapshot(
            after,
            volumes: [JSONDecoder().decode(VolumeDetails.self, from: try JSONEncoder().encode(volume))]
        )
        #expect(snapshot.observed(ControlVolume()).balancers[0].nodes.map(\.spec.host) == ["lb1-primary", "r1"])
    }

    private struct VolumeLabels: Encodable {
        var Name: String
        var Labels: [String: String]
    }

    @Test func `takes the labels where nothing was written down`() throws {
        let made = try topology([["node_id": 1]])
        let observed = try snapshot(made).observed(ControlVolume())
        #expect(observed.topology?.balancers.first?.nodes.map(\.id) == [0, 1])
    }

    @Test func `tells of a container that another pgbc made`() throws {
        let made = try topology([["node_id": 1]])
        let nodes = { (snapshot: EngineSnapshot) in snapshot.observed(ControlVolume()).balancers[0].nodes }
        #expect(try nodes(snapshot(made)).allSatisfy { $0.container?.outdated == nil })
        let older = try nodes(snapshot(made, relabelled: [Label.scripts: "other"]))
        #expect(older.allSatisfy { $0.container?.outdated == "was made by another version of pgbc" })
    }
}
