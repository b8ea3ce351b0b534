internal import ClusterModel
internal import Orchestration
internal import Synchronization

/// The record of one run. It answers what an earlier attempt at the same run was answered already.
///
/// A run is kept from its first change on, with all that came before; one that changes nothing leaves no trace.
public final class RunJournal: Sendable {
    /// What the run was started with.
    public let header: RunHeader
    let past: JournalPast?
    let store: any JournalStore
    let replay: Replay
    let doubt: Doubt
    let checksWorld: Bool
    private let folder: RunFolder?
    private let state: Mutex<State>

    struct State: Sendable {
        var unwritten: [UInt8] = []
        var written = 0
        var isKept: Bool
        var clock = ClockTape()
        /// Requests that were cancelled, until it is clear that it was not by Ctrl-C.
        var lapsed: [Document] = []
        /// Why nothing is recorded any more.
        var problem: String?
        /// After Ctrl-C the script only cleans up, and that is no part of what a resumed run repeats.
        var isInterrupted = false
    }

    /// Bytes that wait for a first change before they go to the store all the same.
    private static let patience = 1 << 20
    /// Bytes after which a run is no longer recorded.
    private static let limit = 256 << 20
    private static let looks = 4096

    /// A journal for a run that starts now. `eager`: it is kept whether it changes anything or not.
    public convenience init(beginning header: RunHeader, in store: any JournalStore, eager: Bool = false) {
        self.init(beginning: header, in: store, folder: nil, eager: eager)
    }

    init(beginning header: RunHeader, in store: any JournalStore, folder: RunFolder?, eager: Bool = false) {
        self.folder = folder
        self.header = header
        self.store = store
        past = nil
        doubt = .refuse
        checksWorld = false
        replay = Replay(count: 0)
        state = Mutex(State(isKept: eager))
        write(header.record)
    }

    /// A journal that goes on with a run that was cut. Throws when it has no beginning, or cannot be gone on with.
    public init(
        resuming store: any JournalStore,
        doubt: Doubt = .refuse,
        ignoringTheWorld: Bool = false
    ) throws {
        let past = try JournalPast(try store.contents(), source: "of this run")
        if past.isFull { throw ClusterError.journalIsFull(past.header.id) }
        try store.truncate(to: past.length)
        self.past = past
        self.store = store
        self.doubt = doubt
        checksWorld = !ignoringTheWorld
        folder = nil
        header = past.header
        replay = Replay(count: past.entries.count)
        state = Mutex(State(written: past.length, isKept: true))
        write(["kind": "resumed", "time": .string(RunHeader.now), "process": .integer(RunHeader.process)])
    }

    /// Whether the run has changed something, so that its journal stays.
    public var isKept: Bool { state.withLock { $0.isKept } }

    /// How many requests of an earlier attempt it answers.
    public var answers: Int { past?.entries.count ?? 0 }

    /// Why the run is no longer recorded, where that is so.
    public var problem: String? { state.withLock { $0.problem } }

    /// What a resumed run does about a change of which nobody can tell whether it happened.
    public enum Doubt: Sendable, Equatable {
        /// Ends with an error that says so.
        case refuse
        /// Does it again.
        case `repeat`
        /// Takes it for done; it is answered with nil.
        case skip
    }
}

extension RunJournal {
    /// Adds a record. What goes wrong here does not stop the run: it only can no longer be resumed.
    func write(_ record: Document, keeping: Bool = false, flushing: Bool = false) {
        state.withLock { state in
            if state.isInterrupted { return }
            if let looks = state.clock.takeRecord() { state.unwritten += JournalLine.encode(looks) }
            for lapsed in state.lapsed { state.unwritten += JournalLine.encode(lapsed) }
            state.lapsed = []
            state.unwritten += JournalLine.encode(record)
            if keeping { state.isKept = true }
            guard state.isKept || state.unwritten.count > Self.patience else { return }
            send(&state, flushing: flushing)
        }
    }

    private func send(_ state: inout State, flushing: Bool) {
        guard state.problem == nil else { return state.unwritten = [] }
        do {
            if state.written + state.unwritten.count > Self.limit {
                state.problem = "its journal has reached \(Self.limit >> 20) MB"
                state.unwritten = JournalLine.encode(["kind": "full"])
            }
            if state.written == 0 { try folder?.prepare() }
            try store.append(state.unwritten)
            state.written += state.unwritten.count
            if flushing { try store.flush() }
        } catch {
            state.problem = String(describing: error)
        }
        state.unwritten = []
    }

    /// What was typed at a prompt.
    func record(input: String) { write(["kind": "input", "text": .string(input.withoutPasswords)]) }

    /// A request was cancelled, by a failure beside it, a time limit, or Ctrl-C.
    func lapse(_ record: Document) { state.withLock { if !$0.isInterrupted { $0.lapsed.append(record) } } }

    /// A look at the clock.
    func recordLook(_ time: Int, _ thread: String, _ number: Int) {
        state.withLock { state in
            if !state.clock.continues(thread, number) || state.clock.unwritten >= Self.looks {
                if let looks = state.clock.takeRecord() { state.unwritten += JournalLine.encode(looks) }
                if state.unwritten.count > Self.patience { send(&state, flushing: false) }
            }
            state.clock.record(time, thread: thread, number: number)
        }
    }

    /// The run is being cut by Ctrl-C: what is under way now is what a resumed run begins with.
    func interrupt() {
        state.withLock { $0.lapsed = [] }
        write(["kind": "interrupted", "time": .string(RunHeader.now)], flushing: isKept)
        state.withLock { $0.isInterrupted = true }
    }

    /// How the run ended, `done` or `failed`, unless it was interrupted; `request` is the one whose error ended it.
    public func end(_ outcome: String, message: String? = nil, request: String? = nil) {
        write(
            [
                "kind": "ended", "outcome": .string(outcome), "message": .optional(message),
                "request": .optional(request), "time": .string(RunHeader.now),
            ],
            flushing: isKept
        )
        if !isKept { store.discard() }
    }
}

extension ClusterError {
    static func journalIsFull(_ id: String) -> ClusterError {
        ClusterError(
            .invalid,
            operation: "resume \(id)",
            message: "its journal reached its largest size before the run ended",
            advice: "run the script again: what it asked for and has is not done twice"
        )
    }
}
