internal import ClusterModel
internal import Orchestration

/// What a journal says of a run that has ended or was cut.
struct JournalPast: Sendable {
    /// How a request ended.
    enum End: Sendable {
        case answered(Document)
        /// Answered, with something that a journal does not keep: it is asked again.
        case withheld
        case failed(Document)
        case cancelled
        /// The time limit of the thread of this path was reached.
        case limitReached
    }

    struct Entry: Sendable {
        let path: String
        let name: String
        /// As JSON; `nil` for a time limit.
        let arguments: String?
        let end: End
        /// What was to be changed.
        let begun: Open?
        /// What the cluster was afterwards.
        let world: Document?
    }

    /// A change that was begun and of which nothing is known.
    struct Open: Sendable {
        let name: String
        let arguments: String
        let intention: Document
        let cluster: String?
    }

    let header: RunHeader
    /// In the order in which the script was answered.
    private(set) var entries: [Entry] = []
    private(set) var index: [String: Int] = [:]
    private(set) var open: [String: Open] = [:]
    private(set) var clock = ClockTape()
    /// What each cluster was after the last change of it; missing when a change of it did not succeed.
    private(set) var worlds: [String: Document] = [:]
    /// All records, for a reader.
    let records: [Document]
    /// How many bytes of the journal are whole.
    let length: Int
    /// The record of the end of the run, where it has ended by itself.
    private(set) var outcome: Document?
    /// Whether the journal stopped before the run did.
    private(set) var isFull = false

    /// Reads a journal; throws when it has no beginning.
    init(_ bytes: [UInt8], source: String) throws(ClusterError) {
        (records, length) = JournalLine.decode(bytes)
        guard let first = records.first, let header = RunHeader(first) else {
            throw ClusterError(
                .invalid,
                operation: "read the journal \(source)",
                message: "it has no beginning",
                advice: "the run was cut before it did anything: run the script again"
            )
        }
        self.header = header
        for record in records.dropFirst() { take(record) }
        dropFailure()
        for entry in entries { if let cluster = entry.begun?.cluster { worlds[cluster] = entry.world } }
    }

    /// The request whose error ended the run is made again, with all that came after it.
    private mutating func dropFailure() {
        guard outcome?["outcome"]?.text == "failed", let path = outcome?["request"]?.text, let first = index[path]
        else { return }
        for entry in entries[first...] {
            index[entry.path] = nil
            if let begun = entry.begun { open[entry.path] = begun }
        }
        entries.removeSubrange(first...)
    }

    /// Where among the answers a thread's time limit was reached.
    func limit(of thread: String) -> Int? { index["limit \(thread)"] }

    private mutating func take(_ record: Document) {
        let path = record["path"]?.text ?? ""
        switch record["kind"]?.text {
        case "asked":
            open[path] = Open(
                name: record["name"]?.text ?? "",
                arguments: record["arguments"]?.json() ?? "[]",
                intention: record["intention"] ?? .null,
                cluster: record["cluster"]?.text
            )
        case "answered":
            end(record, path, record["withheld"] == true ? .withheld : .answered(record["result"] ?? .null))
        case "failed": end(record, path, .failed(record["error"] ?? .null))
        case "cancelled": end(record, path, .cancelled)
        case "limit": end(record, "limit \(path)", .limitReached)
        case "clock": clock.take(record)
        case "full": isFull = true
        case "ended": outcome = record
        case "resumed":
            dropFailure()
            outcome = nil
        default: break
        }
    }

    private mutating func end(_ record: Document, _ path: String, _ end: End) {
        let begun = open.removeValue(forKey: path)
        index[path] = entries.count
        entries.append(
            Entry(
                path: path,
                name: begun?.name ?? record["name"]?.text ?? "",
                arguments: begun?.arguments ?? record["arguments"]?.json(),
                end: end,
                begun: begun,
                world: record["world"]
            )
        )
    }
}
