import ClusterModel
import Testing

@testable import DockerBackend

@Suite struct `An answer of a balancer's agent` {
    /// What is seen of a balancer when its agent has read this record of a major upgrade.
    private func seen(_ record: Document) throws -> ObservedBalancer {
        let topology = try Topology.load(["cluster_name": "shop", "balancers": [["name": "lb1"]]], source: "test")
        var balancer = ObservedBalancer(spec: topology.balancers[0])
        balancer.take(try #require(AgentProbe.Answer(["nodes": [], "upgrade": record])))
        return balancer
    }

    @Test func `tells how far a major upgrade is`() throws {
        let record = #"{"from":{"0":"a"},"to":"b","fromMajor":15,"toMajor":17,"node":0,"phase":"complete"}"#
        #expect(try seen(.string(record)).upgrade?.phase == .complete)
        #expect(try seen(.null).upgrade == nil)
        #expect(try !seen(.null).upgradeIsUnreadable)
    }

    @Test func `tells that how far one is cannot be read`() throws {
        #expect(try seen(#"{"phase":"paused"}"#).upgradeIsUnreadable)
    }
}
