/// Judges a history of appends against the lists that are there afterwards.
///
/// A list's order is the order of its versions, so every dependency is known: who wrote after whom (ww), who read from whom
/// (wr), who overwrote what somebody had read (rw). A history is snapshot-isolated when the dependencies ww, wr and session
/// order, each alone or followed by one rw, have no cycle (Cerone and Gotsman, "Analysing snapshot isolation").
/// Elle judges the same kind of history; it is published on Clojars alone, which a build from Debian's and PyPI's registries
/// does not reach.
struct AppendJudge {
    private let lists: [Int: [Int]]
    private let places: [Int: Int]
    private var verdict = AppendVerdict()
    private var committed: [AppendTransaction] = []
    private var writers: [Int: Int] = [:]

    /// The lists that are there, by key.
    static func judge(_ history: [AppendTransaction], lists: [Int: [Int]]) -> AppendVerdict {
        var judge = AppendJudge(lists)
        for transaction in history { judge.sort(transaction) }
        judge.indexWriters()
        return judge.finished()
    }

    private init(_ lists: [Int: [Int]]) {
        self.lists = lists
        places = Dictionary(lists.values.flatMap { $0.enumerated().map { ($1, $0) } }) { first, _ in first }
        verdict.duplicated = lists.values.reduce(0) { $0 + $1.count - Set($1).count }
    }

    /// Keeps the transactions whose effects are there.
    private mutating func sort(_ transaction: AppendTransaction) {
        let appends = transaction.appends
        let there = appends.count { places[$0.value] != nil }
        if there > 0, there < appends.count { verdict.torn += 1 }
        switch transaction.outcome {
        case .failed: verdict.dirty += there
        case .acknowledged where there < appends.count: verdict.lost += appends.count - there
        case .unknown where there < max(appends.count, 1): break
        case .acknowledged, .unknown: keep(transaction)
        }
    }

    private mutating func keep(_ transaction: AppendTransaction) {
        for read in transaction.snapshot where !isBeginning(read.values, of: read.key) {
            if read.values.allSatisfy({ places[$0] != nil }) {
                verdict.incompatibleReads += 1
            } else {
                verdict.readsOfLost += 1
            }
            return
        }
        committed.append(transaction)
    }

    private func isBeginning(_ values: [Int], of key: Int) -> Bool {
        let list = lists[key] ?? []
        return values.count <= list.count && values.elementsEqual(list.prefix(values.count))
    }

    private mutating func indexWriters() {
        for (index, transaction) in committed.enumerated() {
            for append in transaction.appends { writers[append.value] = index }
        }
    }

    private func finished() -> AppendVerdict {
        var verdict = verdict
        verdict.committed = committed.count
        verdict.appends = committed.reduce(0) { $0 + $1.appends.count }
        verdict.cyclic = composed().transactionsOnCycles
        return verdict
    }

    /// The dependencies, each alone or followed by one rw.
    private func composed() -> DependencyGraph {
        let (dependencies, overwrites) = (dependencies(), overwrites())
        var graph = dependencies
        for (from, followers) in dependencies.targets.enumerated() {
            for next in followers {
                for to in overwrites.targets[next] { graph.add(from, to) }
            }
        }
        return graph
    }

    private func dependencies() -> DependencyGraph {
        var graph = DependencyGraph(count: committed.count)
        for list in lists.values {
            let chain = list.compactMap { writers[$0] }
            for (from, to) in zip(chain, chain.dropFirst()) where from != to { graph.add(from, to) }
        }
        var last: [Int: Int] = [:]
        for (index, transaction) in committed.enumerated() {
            if let before = last.updateValue(index, forKey: transaction.client) { graph.add(before, index) }
            for read in transaction.snapshot {
                guard let writer = read.values.last.flatMap({ writers[$0] }), writer != index else { continue }
                graph.add(writer, index)
            }
        }
        return graph
    }

    private func overwrites() -> DependencyGraph {
        var graph = DependencyGraph(count: committed.count)
        for (index, transaction) in committed.enumerated() {
            for read in transaction.snapshot {
                let next = lists[read.key]?.dropFirst(read.values.count).first
                guard let writer = next.flatMap({ writers[$0] }), writer != index else { continue }
                graph.add(index, writer)
            }
        }
        return graph
    }
}
