#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The time and the random numbers of one run: what it has seen of them once, it sees again when it is resumed.
final class ScriptClock: Sendable {
    private let journal: RunJournal?
    private let seed: UInt64
    private let start = ScriptClock.microseconds
    /// Seconds that went by before the run was cut.
    private let before: Double

    init(journal: RunJournal?, seed: UInt64) {
        self.journal = journal
        self.seed = seed
        before = Double(journal?.past?.clock.last ?? 0) / 1e6
    }

    /// Seconds since the run began, without the time between being cut and being resumed.
    func time(thread: String, number: Int) -> Double {
        time(thread: thread, number: number, now: Double(Self.microseconds - start) / 1e6 + before)
    }

    /// Of a clock that never goes back.
    private static var microseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    }

    /// The same, where another clock says what time it is.
    func time(thread: String, number: Int, now: Double) -> Double {
        guard let journal else { return now }
        if let known = journal.past?.clock.time(thread: thread, number: number) { return Double(known) / 1e6 }
        let microseconds = Int((now * 1e6).rounded())
        journal.recordLook(microseconds, thread, number)
        return Double(microseconds) / 1e6
    }

    /// From 0 to 1, without 1. The same request of the same run always gives the same number.
    func random(thread: String, number: Int) -> Double {
        Double(bits(thread, number) >> 11) * 0x1p-53
    }

    /// A whole number in a range.
    func random(in range: ClosedRange<Int>, thread: String, number: Int) -> Int {
        var generator = SplitMix(state: bits(thread, number))
        return Int.random(in: range, using: &generator)
    }

    private func bits(_ thread: String, _ number: Int) -> UInt64 {
        var state = seed ^ 0xCBF2_9CE4_8422_2325
        for byte in thread.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var generator = SplitMix(state: state &+ UInt64(truncatingIfNeeded: number) &* 0xD134_2543_DE82_EF95)
        return generator.next()
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
