import ClusterModel
import Testing

@testable import DockerBackend
@testable import DockerEngine

@Suite struct `What is wanted, on the control volume` {
    private func topology() throws -> Topology {
        let document: Document = [
            "cluster_name": "shop",
            "balancers": [
                [
                    "name": "lb1", "hold": true, "sync": 1, "when_short": "degrade", "settings": ["work_mem": "8MB"],
                    "config": ["num_init_children": 8],
                    "replicas": [["node_id": 3, "settings": ["work_mem": "it's"]], ["node_id": 1]],
                ]
            ],
        ]
        return try Topology.load(document, source: "test")
    }

    private func text(_ path: String, of topology: Topology) throws -> String {
        let file = try #require(WantedFiles(topology: topology).all.first { $0.path == path })
        return String(decoding: file.bytes, as: UTF8.self)
    }

    @Test func `reads back as it was written, and not at all when it is cut`() throws {
        let topology = try topology()
        let text = try text("topology.json", of: topology)
        #expect(Topology(stored: Array(text.utf8)) == topology)
        #expect(Topology(stored: Array(text.utf8.dropLast(3))) == nil)
    }

    @Test func `renumbers no node when the one that the cluster began with is gone`() throws {
        var topology = try topology()
        topology.balancers[0].primary = topology.balancers[0].replicas.removeFirst()
        #expect(topology.balancers[0].nodes.map(\.id) == [3, 1])
        #expect(Topology(stored: Array(try text("topology.json", of: topology).utf8)) == topology)
        topology.balancers[0].replicas[0].id = 0
        #expect(Topology(stored: Array(try text("topology.json", of: topology).utf8)) == topology)
    }

    @Test func `ends with the topology, which says to the next run that all the rest is there`() throws {
        #expect(WantedFiles(topology: try topology()).all.last?.path == "topology.json")
    }

    @Test func `gives each node its settings, with a last line that says that they are all there`() throws {
        let topology = try topology()
        #expect(try text("lb1/settings.3", of: topology) == "max_connections = '100'\nwork_mem = 'it''s'\n# end\n")
        #expect(try text("lb1/settings.0", of: topology) == "max_connections = '100'\nwork_mem = '8MB'\n# end\n")
    }

    @Test func `gives the balancer its options and parameters`() throws {
        let topology = try topology()
        #expect(try text("lb1/options", of: topology) == "sync 1\nwhen_short degrade\nend\n")
        let parameters = try Document(json: Array(try text("lb1/parameters.json", of: topology).utf8), source: "test")
        #expect(parameters == ["parameters": ["num_init_children": "8"], "hold": true])
    }
}

@Suite struct `Settings that PostgreSQL refuses` {
    @Test func `are told in its own words`() throws {
        let words = "FATAL:  invalid value for parameter \"work_mem\": \"bananas\"\nHINT:  Valid units are \"B\".\n"
        #expect(RefusedSettings([]) == nil)
        #expect(
            RefusedSettings(Array(words.utf8))?.text
                == "FATAL:  invalid value for parameter \"work_mem\": \"bananas\"; HINT:  Valid units are \"B\"."
        )
    }

    @Test func `have been read once each stands in a file that the server sees`() {
        let view = SettingsView(loadTime: "now", lines: ["work_mem = 8MB"], pending: [], refused: [])
        #expect(view.hasRead(["Work_Mem": "8MB"]))
        #expect(!view.hasRead(["work_mem": "9MB"]))
    }
}

@Suite struct `The phases of an operation` {
    @Test func `are told with their times`() {
        let phase: Document = ["phase": "writable", "after": 0.428, "text": "node 2 takes writes"]
        #expect(phase.phaseText == "0.43 s  writable: node 2 takes writes")
        #expect(Document.string("writable").phaseText == nil)
    }
}
