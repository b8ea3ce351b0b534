import Testing

@testable import DockerBackend

@Suite struct `The lives of a container that is waited for` {
    private let begin = ContinuousClock.now

    /// Which look finds that it has ended too often: each is seconds after the first, restarts, and whether it restarts now.
    private func over(_ looks: [(Double, Int, Bool)]) -> Int? {
        var lives = Lives()
        return looks.firstIndex { seconds, restarts, isRestarting in
            lives.areOver(restarts: restarts, isRestarting: isRestarting, at: begin + .seconds(seconds))
        }
    }

    @Test func `are too many when it ends soon after each start`() {
        #expect(over([(0, 0, false), (1, 3, true), (2, 4, true), (4, 5, true), (7, 6, true)]) == 4)
        #expect(over([(0, 0, false), (1, 3, false), (2, 4, false), (4, 5, false), (7, 6, false)]) == 4)
        #expect(over([(0, 9, true)]) == 0, "it had ended so often before")
    }

    @Test func `are too many when it ends twice after it had lasted`() {
        #expect(over([(0, 0, false), (12, 1, false), (20, 1, false), (25, 2, false), (60, 3, false)]) == 3)
    }

    @Test func `are not counted from before, nor while they are few`() {
        #expect(over([(0, 40, false), (30, 40, false), (60, 41, false), (61, 42, false), (62, 43, false)]) == nil)
    }
}
