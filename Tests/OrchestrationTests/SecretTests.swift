import ClusterModel
import Orchestration
import Testing

@Suite struct `Changing secrets` {
    private func refusal(_ ground: Ground, _ names: [String] = []) async -> ClusterError? {
        await #expect(throws: ClusterError.self) { try await ground.orchestrator.rotateSecrets(names, of: "shop") }
    }

    @Test func `writes them beside the old ones, and forgets these when every balancer has taken them`() async throws {
        let ground = try await Ground()
        let plan = try await ground.orchestrator.rotateSecrets(["superuser", "rest"], of: "shop")
        #expect(
            plan.description == """
                + write new secrets beside the old ones: superuser, rest  because it was asked for
                + have lb1 and its nodes take the new ones                because the new ones are valid where they were taken
                + forget the old ones                                     because nobody uses them any more
                """
        )
        #expect(plan.steps.map(\.dependencies) == [[], ["secrets:write"], ["secrets:lb1"]])
    }

    @Test func `of a name that is none names the one that was meant`() async throws {
        let error = await refusal(try await Ground(), ["superusr"])
        #expect(error?.description == "could not change secret superusr: did you mean superuser?")
        #expect(error?.code == .notFound)
    }

    @Test func `is refused where a balancer keeps passwords that nobody changes while it runs`() async throws {
        var topology = Topology.sample(replicas: 1)
        topology.balancers[0].image = "pgbalancer:latest"
        let error = await refusal(try await Ground(topology))
        #expect(error?.message.hasPrefix("lb1 is pgBalancer, whose own copies") == true)
    }

    @Test func `is refused while nobody could take them, before anything is written`() async throws {
        let ground = try await Ground()
        try await ground.disturb { $0.container?.outdated = "was made by another version of pgbc" }
        #expect(await refusal(ground)?.advice == "pgbc upgrade makes it anew")
        let other = try await Ground()
        try await other.disturb { $0.container?.state = .exited }
        #expect(await refusal(other)?.message == "balancer lb1 is exited")
    }
}
