import ClusterModel
import Orchestration
import Testing

@testable import DockerBackend

@Suite struct `A refusal of the agent` {
    private func refusal(_ status: Int, _ document: Document) -> AgentRefusal {
        AgentRefusal(status: status, document, by: "lb1", operation: "put replica1 back into lb1")
    }

    @Test(arguments: ["not_ready", "busy"]) func `may pass when its code says so`(code: String) {
        #expect(refusal(409, ["reason": "not yet", "code": .string(code)]).mayPass)
    }

    @Test func `stands when its code is another, or missing`() {
        #expect(!refusal(409, ["reason": "node 0 is the primary", "code": "is_primary"]).mayPass)
        #expect(!refusal(409, ["reason": "clients cannot be held"]).mayPass)
        #expect(!refusal(409, .null).mayPass)
    }

    @Test func `tells people its reason, and what to do about an agent that is too old`() {
        let old = refusal(404, ["error": "Endpoint not found", "code": "no_route"])
        #expect(old.code == .noRoute)
        #expect(
            old.error.description == """
                could not put replica1 back into lb1: Endpoint not found
                  lb1 was made with an older image: pgbc upgrade makes it anew
                """
        )
        #expect(refusal(409, ["reason": "it is the primary", "error": "No"]).error.message == "it is the primary")
        #expect(refusal(409, .null).error.message == "the agent of lb1 answered with status 409")
    }
}
