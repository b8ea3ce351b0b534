/// How often a container has ended while something of it is waited for: the engine starts it again each time, and for ever.
struct Lives {
    /// The engine waits twice as long before each: one that still ends after so many has had some 6 s to come up.
    private static let most = 6
    /// After a life of this length the engine begins with the shortest pause again, so that fewer such lives are enough.
    private static let long = Duration.seconds(10)
    private static let mostLong = 2

    private var first: Int?
    private var count = 0
    private var begun = ContinuousClock.now
    private var longOnes = 0

    /// Takes a look at it; true when it has ended too often.
    mutating func areOver(restarts: Int, isRestarting: Bool, at now: ContinuousClock.Instant = .now) -> Bool {
        if first == nil { (first, count, begun) = (restarts, restarts, now) }
        if restarts > count {
            if now - begun >= Self.long { longOnes += 1 }
            (count, begun) = (restarts, now)
        }
        return longOnes >= Self.mostLong || isRestarting && restarts >= Self.most
            || restarts - (first ?? 0) >= Self.most
    }
}
