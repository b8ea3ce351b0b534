import ClusterModel
import DockerEngine
import Testing

@testable import DockerBackend

@Suite struct `The first files of a fresh cluster's nodes` {
    private func topology() throws -> Topology {
        try Topology.load(
            ["cluster_name": "shop", "balancers": [["name": "lb1", "replicas": 1]]],
            source: "test"
        )
    }

    @Test func `are what a node's container would be given, the scripts once for all`() throws {
        let topology = try topology()
        let first = FirstFiles(topology: topology, balancers: topology.balancers).all
        for node in topology.balancers[0].nodes {
            let given = NodeContainer(topology: topology, balancer: topology.balancers[0], node: node).files
            for file in given {
                let name = file.path.replacing("pgbc/", with: "")
                let places = [".start/\(name)", ".start/lb1/\(node.id)/\(name)"]
                let found = try #require(first.first { places.contains($0.path) }, "\(name)")
                #expect(found.bytes == file.bytes)
            }
        }
        #expect(Set(first.map(\.path)).count == first.count)
        #expect(first.count { $0.path.hasSuffix("/node.sh") } == 1)
    }

    @Test func `are taken only by a container that was given none`() throws {
        let topology = try topology()
        let balancer = topology.balancers[0]
        let config = NodeContainer(topology: topology, balancer: balancer, node: balancer.replicas[0]).config
        let script = try #require(config.entrypoint?[2])
        #expect(script.hasPrefix("[ -f /pgbc/postgresql.conf ] || cp /pgbc/control/.start/*.sh "))
        #expect(script.contains("'/pgbc/control/.start/lb1/1/'*"))
        #expect(config.command == [])
        #expect(SeedContainer(topology: topology, balancer: balancer).config.command == ["seed"])
    }
}
