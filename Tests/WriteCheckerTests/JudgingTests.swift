import Testing

@testable import WriteChecker

struct JudgingTests {
    private func diary(_ entries: (Int, Diary.Outcome)...) -> Diary {
        var diary = Diary()
        diary.entries = entries.map { Diary.Entry(id: $0.0, outcome: $0.1, moment: 0) }
        return diary
    }

    @Test
    func `rows that are lost, double, out of order or undead are counted`() {
        let told = diary((1, .acknowledged), (2, .acknowledged), (3, .acknowledged), (4, .failed), (5, .unknown))
        let verdict = RowVerdict(node: "a", there: [2, 1, 1, 4, 5], diaries: [told])
        #expect(verdict.lost == 1 && verdict.duplicated == 1 && verdict.undead == 1 && verdict.unknownThere == 1)
        #expect(verdict.reordered == 1 && !verdict.isFaultless)
        let good = RowVerdict(node: "a", there: [1, 2, 3], diaries: [told])
        #expect(good.isFaultless && good.rows == 3)
    }

    @Test
    func `the longest gap is the one that ends after the event begins`() {
        let gaps = Gaps([0, 5, 5.1, 6, 6.2])
        #expect(gaps.longest(after: 5.05) == Gap(from: 5.1, to: 6))
        #expect(gaps.longest(after: 4) == Gap(from: 0, to: 5))
        #expect(gaps.longer(than: 0.5, after: 5.05).count == 1)
        #expect(Gaps([1]).longest(after: 0) == nil)
    }

    @Test
    func `two nodes that accept writes at the same time are measured, one after the other is not`() {
        let apart = WritableWindows([[0, 0.1, 0.2], [0.3, 0.4]])
        #expect(apart.seconds == 0 && apart.writes == 0)
        let overlapping = WritableWindows([[0, 0.1, 0.2, 0.3], [0.2, 0.3, 0.4, 0.5]])
        #expect(abs(overlapping.seconds - 0.1) < 0.001 && overlapping.writes == 2)
    }

    @Test
    func `a node that was silent and wakes up was not writable meanwhile`() {
        let woken = WritableWindows([[0, 0.1, 5.0, 5.05], [2, 2.2, 2.4, 2.6, 2.8, 4.9, 5.0, 5.1]])
        #expect(abs(woken.seconds - 0.05) < 0.001)
    }

    @Test
    func `only an answer that rules a commit out makes a write a failure`() {
        func open(_ kind: SQLFailure.Kind, endsSession: Bool = false) -> Bool {
            SQLFailure(kind: kind, message: "", endsSession: endsSession).leavesCommitOpen
        }
        #expect(open(.cut, endsSession: true) && open(.silent, endsSession: true))
        #expect(open(.refused("57P01"), endsSession: true) && open(.refused("08006")) && open(.refused("40003")))
        #expect(!open(.refused("25006")) && !open(.refused("23505")) && !open(.connect, endsSession: true))
    }
}
