import ClusterModel
import Foundation
import Testing

@Suite struct `What a balancer promises its clients` {
    private func load(_ json: String) throws -> Topology {
        try Topology.load(Document(json: json, source: "x"), source: "x")
    }

    @Test func `is nothing unless it is asked for`() throws {
        let balancer = try load(#"{"balancers": [{"name": "lb1"}]}"#).balancers[0]
        #expect(!balancer.hold && balancer.sync == 0 && balancer.whenShort == .wait)
    }

    @Test func `is the cluster's own unless the balancer says otherwise`() throws {
        let topology = try load(
            """
            {"hold": true, "sync": 1, "when_short": "degrade",
             "balancers": [{"name": "lb1"}, {"name": "lb2", "hold": false, "sync": 2, "when_short": "wait", "replicas": 2}]}
            """
        )
        let first = topology.balancers[0], second = topology.balancers[1]
        #expect(first.hold && first.sync == 1 && first.whenShort == .degrade)
        #expect(!second.hold && second.sync == 2 && second.whenShort == .wait)
    }

    @Test func `is exported only where it is something, and loads back, from JSON and in Lua`() throws {
        let topology = try load(
            #"{"balancers": [{"name": "lb1", "hold": true, "sync": 1, "when_short": "degrade"}, {"name": "lb2"}]}"#
        )
        let json = topology.document.json(pretty: false)
        #expect(json.contains(#""hold":true,"sync":1,"when_short":"degrade","primary""#))
        #expect(json.components(separatedBy: "hold").count == 2)
        #expect(topology.lua.contains("hold = true"))
        #expect(topology.lua.contains(#"when_short = "degrade""#))
        #expect(try Topology.load(topology.document, source: "x") == topology)
    }

    @Test func `survives in a label, and an older label without it is read`() throws {
        let balancer = try load(#"{"balancers": [{"name": "lb1", "hold": true, "sync": 1}]}"#).balancers[0]
        let label = try JSONEncoder().encode(balancer)
        #expect(try JSONDecoder().decode(BalancerSpec.self, from: label) == balancer)
        var fields = try #require(try JSONSerialization.jsonObject(with: label) as? [String: Any])
        for field in ["hold", "sync", "whenShort"] { fields[field] = nil }
        let older = try JSONDecoder().decode(
            BalancerSpec.self,
            from: try JSONSerialization.data(withJSONObject: fields)
        )
        #expect(!older.hold && older.sync == 0 && older.whenShort == .wait)
    }

    @Test(arguments: [
        (
            #""hold": "yes", "sync": 32, "when_short": "degrad""#,
            [
                #"balancers[0].sync = 32: is the number of replicas that must have each transaction, from 0 to 31; 0 for none, 1 to lose nothing when one node fails"#,
                #"balancers[0].hold = "yes": must be true or false, not a string"#,
                #"balancers[0].when_short = "degrad": must be "wait" (writes wait for a replica) or "degrade" (they go on without one); did you mean "degrade"?"#,
            ]
        ),
        (
            #""sync": 2"#,
            [
                #"balancers[0].sync = 2: lb1 has 1 replica, so no write could ever be acknowledged; lower sync to at most 1, or give it 2 replicas"#
            ]
        ),
        (
            #""sync": 1, "settings": {"synchronous_commit": "off"}"#,
            [
                #"balancers[0].settings.synchronous_commit = off: would undo "sync", which is 1; leave out one of the two"#
            ]
        ),
        (
            #""hold": true, "image": "pgbalancer:latest""#,
            [
                #"balancers[0].hold: needs pgbc's own balancer image, and lb1 uses pgbalancer:latest; leave out "hold", or "image""#
            ]
        ),
        (
            #""holds": true"#,
            [#"balancers[0].holds: unknown key; did you mean "hold"?"#]
        ),
    ])
    func `is refused with all reasons when it cannot be kept`(members: String, lines: [String]) throws {
        let document = try Document(json: #"{"balancers": [{"name": "lb1", \#(members)}]}"#, source: "x")
        let error = #expect(throws: InvalidTopology.self) { try Topology.load(document, source: "x") }
        #expect(error?.problems.map(\.description) == lines)
    }

    @Test func `names the cluster's own sync when that is what a balancer cannot keep`() throws {
        let document = try Document(json: #"{"sync": 2, "balancers": [{"name": "lb1"}]}"#, source: "x")
        let error = #expect(throws: InvalidTopology.self) { try Topology.load(document, source: "x") }
        #expect(error?.problems.map(\.path) == ["sync"])
    }
}
