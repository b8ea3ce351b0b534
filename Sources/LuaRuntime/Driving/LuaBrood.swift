/// The children of one `parallel`, as their parent keeps them.
struct LuaBrood {
    let parent: LuaThread
    let count: Int
    /// How many may be under way at once.
    let limit: Int
    /// The number of the first child.
    let first: Int
    /// How many have been started.
    private(set) var started = 0
    /// How many have not ended, sleepers among them.
    var active = 0
    var sleepers = LuaSleepers()
    /// What the parent gets.
    var answer = LuaAnswer.results

    init(of parent: LuaThread, count: Int, limit: Int, first: Int) {
        self.parent = parent
        self.count = count
        self.limit = limit == 0 ? count : limit
        self.first = first
    }

    var hasFailed: Bool { if case .results = answer { false } else { true } }
    var startsNext: Bool { !hasFailed && started < count && active < limit }

    /// Gives the index of the next child.
    mutating func next() -> Int {
        defer { started += 1 }
        active += 1
        return started
    }
}

/// Children that wait for nothing but time: a heap, the one that is to wake first on top.
struct LuaSleepers {
    struct Sleeper {
        let end: ContinuousClock.Instant
        let thread: LuaThread
        let index: Int
        let sleep: LuaSleep
    }

    private var heap: [Sleeper] = []
    /// The next alarm that is set.
    private var alarm: ContinuousClock.Instant?

    var isEmpty: Bool { heap.isEmpty }

    mutating func add(_ sleeper: Sleeper) {
        heap.append(sleeper)
        var child = heap.count - 1
        while child > 0, heap[child].end < heap[(child - 1) / 2].end {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The time of an alarm that is missing, if one is; from now on it is set.
    mutating func missingAlarm() -> ContinuousClock.Instant? {
        guard let first = heap.first?.end, alarm.map({ first < $0 }) ?? true else { return nil }
        alarm = first
        return first
    }

    mutating func rang(_ time: ContinuousClock.Instant) { if alarm == time { alarm = nil } }

    /// Takes out one whose time has come.
    mutating func popDue(by now: ContinuousClock.Instant) -> Sleeper? {
        guard let first = heap.first, first.end <= now else { return nil }
        return pop()
    }

    /// Takes out the one that is to wake first.
    mutating func pop() -> Sleeper? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if heap.isEmpty { return first }
        heap[0] = last
        var parent = 0
        while let child = smallerChild(of: parent), heap[child].end < heap[parent].end {
            heap.swapAt(parent, child)
            parent = child
        }
        return first
    }

    private func smallerChild(of parent: Int) -> Int? {
        let left = 2 * parent + 1
        guard left < heap.count else { return nil }
        return left + 1 < heap.count && heap[left + 1].end < heap[left].end ? left + 1 : left
    }
}
