/// Lets those who wait pass once it has been opened, and counts who has come.
actor Gate {
    private var arrivals = 0
    private var isOpen = false
    private var waiting: [AsyncStream<Never>.Continuation] = []
    private var expecting: [(count: Int, continuation: AsyncStream<Never>.Continuation)] = []

    /// Waits until the gate is open; throws when the task is cancelled before.
    func pass() async throws {
        arrivals += 1
        for (_, continuation) in expecting.filter({ $0.count <= arrivals }) { continuation.finish() }
        if isOpen { return }
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        waiting.append(continuation)
        for await _ in stream {}
        try Task.checkCancellation()
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.finish() }
        waiting = []
    }

    /// Returns when that many have come.
    func arrived(_ count: Int) async {
        if arrivals >= count { return }
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        expecting.append((count, continuation))
        for await _ in stream {}
    }
}

/// What happened, in order.
actor Record {
    private(set) var entries: [String] = []
    private var running = 0
    private(set) var mostAtOnce = 0

    func add(_ entry: String) { entries.append(entry) }

    func begin() {
        running += 1
        mostAtOnce = max(mostAtOnce, running)
    }

    func end() { running -= 1 }
}
