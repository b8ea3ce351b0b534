internal import ClusterModel
internal import Orchestration

/// What a run's clock said, by the request that asked: whole microseconds since the run began.
///
/// A script may look at the clock a million times, so that a look costs a few bytes and no record of its own.
struct ClockTape: Sendable {
    /// Answers to requests of one thread whose numbers follow each other.
    private struct Stretch: Sendable {
        let thread: String
        let first: Int
        var times: [Int]
    }

    private var stretches: [String: [Stretch]] = [:]
    private var recording: Stretch?
    /// The highest time that was said.
    private(set) var last = 0

    /// How many looks have not become a record.
    var unwritten: Int { recording?.times.count ?? 0 }

    /// Whether a look can be added to the record that is being filled.
    func continues(_ thread: String, _ number: Int) -> Bool {
        guard let recording else { return true }
        return recording.first + recording.times.count == number && recording.thread == thread
    }

    /// Adds a look, which has to continue what is there.
    mutating func record(_ time: Int, thread: String, number: Int) {
        last = time
        if recording == nil { recording = Stretch(thread: thread, first: number, times: []) }
        recording?.times.append(time)
    }

    /// The looks that are not a record yet, as one.
    mutating func takeRecord() -> Document? {
        guard let stretch = recording, let first = stretch.times.first else { return nil }
        recording = nil
        let steps = zip(stretch.times.dropFirst(), stretch.times).map { Document.integer($0 - $1) }
        return [
            "kind": "clock", "thread": .string(stretch.thread), "first": .integer(stretch.first),
            "time": .integer(first), "steps": .array(steps),
        ]
    }

    /// Reads a record.
    mutating func take(_ record: Document) {
        guard let thread = record["thread"]?.text, let first = record["first"]?.wholeNumber,
            let start = record["time"]?.wholeNumber
        else { return }
        var times = [start]
        for step in record["steps"]?.elements ?? [] { times.append(times[times.count - 1] + (step.wholeNumber ?? 0)) }
        last = max(last, times[times.count - 1])
        stretches[thread, default: []].append(Stretch(thread: thread, first: first, times: times))
    }

    /// What the clock said to a request, where that is known.
    func time(thread: String, number: Int) -> Int? {
        guard let known = stretches[thread] else { return nil }
        var low = 0
        var high = known.count
        while low < high {
            let middle = (low + high) / 2
            if known[middle].first <= number { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let offset = number - known[low - 1].first
        return known[low - 1].times.indices.contains(offset) ? known[low - 1].times[offset] : nil
    }
}
