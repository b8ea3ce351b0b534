import ClusterModel
import Orchestration
import Testing

@testable import Commands

struct StepTreeTests {
    private let now = ContinuousClock.now
    private let steps = [
        Step(id: "network", action: .createNetwork, title: "create network", cause: "…"),
        Step(id: "seed", action: .seed(balancer: "lb1"), title: "initialise lb1", cause: "…"),
        Step(
            id: "stream",
            action: .awaitStreaming(balancer: "lb1", node: 1),
            title: "wait until replica1 streams",
            cause: "…"
        ),
        Step(id: "other", action: .seed(balancer: "lb2"), title: "initialise lb2", cause: "…"),
        Step(id: "last", action: .awaitBalancer(balancer: "lb2"), title: "wait until lb2 accepts a write", cause: "…"),
    ]

    private var board: StepBoard {
        var board = StepBoard()
        board.receive(.planStarted(Plan(cluster: "shop", desired: nil, steps: steps)), at: now)
        board.receive(.stepStarted(steps[0]), at: now)
        board.receive(.stepFinished(steps[0], seconds: 0.25, note: nil), at: now)
        board.receive(.stepStarted(steps[2]), at: now)
        board.receive(.stepProgressed(steps[2], "clone 1 of 2 MB"), at: now)
        board.receive(.stepFailed(steps[3], seconds: 2, error: "no"), at: now)
        board.receive(.stepSkipped(steps[4], because: "other did not succeed"), at: now)
        return board
    }

    private func text(columns: Int = 80, lines: Int = 24) -> String {
        StepTree(theme: .plain, columns: columns, lines: lines).text(board, at: now + .seconds(3)).joined(
            separator: "\n"
        )
    }

    @Test func `steps stand below their balancer with how far they are`() {
        #expect(
            text() == """
                shop  3 of 5 steps  3.0 s
                ├ ✓ create network  0.3 s
                ├ lb1  0 of 2
                │ ├ · initialise lb1
                │ └ ▸ wait until replica1 streams  3.0 s  clone 1 of 2 MB
                └ lb2  2 of 2
                  ├ ✗ initialise lb2  2.0 s
                  └ - wait until lb2 accepts a write  skipped
                """
        )
    }

    @Test func `in a low window what is quiet is left out`() {
        #expect(
            text(lines: 8) == """
                shop  3 of 5 steps  3.0 s
                ├ lb1  0 of 2
                │ └ ▸ wait until replica1 streams  3.0 s  clone 1 of 2 MB
                └ lb2  2 of 2
                  ├ ✗ initialise lb2  2.0 s
                  └ - wait until lb2 accepts a write  skipped
                """
        )
    }

    @Test func `in a narrow window lines are cut`() {
        let longest = text(columns: 30).split(separator: "\n").map(\.count).max() ?? 0
        #expect(longest < 30)
        #expect(text(columns: 30).contains("│ └ ▸ wait until replica1 st…"))
    }
}
