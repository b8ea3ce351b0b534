import ClusterModel
import Orchestration
import Testing

@testable import Commands

struct LongStepsTests {
    private let now = ContinuousClock.now
    private let steps = [
        Step(id: "start", action: .createNetwork, title: "start lb1", cause: "…"),
        Step(id: "seed", action: .seed(balancer: "lb1"), title: "initialise lb1", cause: "…"),
    ]

    @Test func `a pipe is told of a step each ten seconds while it runs, and of nothing else`() {
        var long = LongSteps()
        func lines(_ seconds: Double) -> [String] { long.lines(at: now + .seconds(seconds)) }
        long.receive(.planStarted(Plan(cluster: "shop", desired: nil, steps: steps)), at: now)
        long.receive(.stepStarted(steps[0]), at: now)
        #expect(lines(9.9) == [])
        #expect(lines(10.5) == ["still    start lb1  10 s"])
        #expect(lines(11.5) == [])
        long.receive(.stepProgressed(steps[0], "the port is held"), at: now + .seconds(12))
        long.receive(.stepStarted(steps[1]), at: now + .seconds(12))
        #expect(lines(20) == ["still    start lb1  20 s  the port is held"])
        long.receive(.stepFinished(steps[0], seconds: 21, note: nil), at: now + .seconds(21))
        #expect(lines(43) == ["still    initialise lb1  30 s"], "a line that is late tells how long it is by now")
        let other = Step(id: "start", action: .createNetwork, title: "start lb2", cause: "…")
        long.receive(.planStarted(Plan(cluster: "mail", desired: nil, steps: [other])), at: now + .seconds(44))
        long.receive(.stepStarted(other), at: now + .seconds(44))
        #expect(lines(54.5) == ["still    initialise lb1  40 s", "still    start lb2  10 s"], "of two plans at once")
    }
}
