/// Which transaction has to come before which.
struct DependencyGraph {
    private(set) var targets: [Set<Int>]

    init(count: Int) { targets = Array(repeating: [], count: count) }

    mutating func add(_ from: Int, _ to: Int) { targets[from].insert(to) }

    /// How many are on a cycle, or only after one and before another: what is left when those that nothing precedes, and then
    /// those that precede nothing, are taken away again and again.
    var transactionsOnCycles: Int {
        let forwards = Self.kept(Set(targets.indices), targets)
        return Self.kept(forwards, Self.reversed(targets)).count
    }

    private static func kept(_ all: Set<Int>, _ targets: [Set<Int>]) -> Set<Int> {
        var left = all
        var incoming = Array(repeating: 0, count: targets.count)
        for from in all {
            for to in targets[from] where all.contains(to) { incoming[to] += 1 }
        }
        var free = all.filter { incoming[$0] == 0 }
        while let next = free.popFirst() {
            left.remove(next)
            for to in targets[next] where left.contains(to) {
                incoming[to] -= 1
                if incoming[to] == 0 { free.insert(to) }
            }
        }
        return left
    }

    private static func reversed(_ targets: [Set<Int>]) -> [Set<Int>] {
        var result: [Set<Int>] = Array(repeating: [], count: targets.count)
        for (from, all) in targets.enumerated() {
            for to in all { result[to].insert(from) }
        }
        return result
    }
}
