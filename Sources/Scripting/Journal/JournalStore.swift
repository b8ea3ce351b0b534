internal import Synchronization

/// Where the bytes of a journal are kept. What was appended survives the death of the process.
public protocol JournalStore: Sendable {
    /// Adds bytes at the end, all of them or an error.
    func append(_ bytes: [UInt8]) throws
    /// Everything that was appended.
    func contents() throws -> [UInt8]
    /// Drops what is behind the first `length` bytes.
    func truncate(to length: Int) throws
    /// Returns when everything is on the disk.
    func flush() throws
    /// Forgets everything: the run has changed nothing.
    func discard()
}

/// A journal in memory, for simulated runs.
public final class MemoryJournalStore: JournalStore {
    private let state: Mutex<(bytes: [UInt8], isDead: Bool)>

    /// A store that holds these bytes already.
    public init(_ bytes: [UInt8] = []) { state = Mutex((bytes, false)) }

    /// Everything that has arrived.
    public var bytes: [UInt8] { state.withLock { $0.bytes } }

    /// From now on nothing arrives, as after the death of the process.
    public func kill() { state.withLock { $0.isDead = true } }

    /// Adds bytes, unless the process is dead.
    public func append(_ bytes: [UInt8]) { state.withLock { if !$0.isDead { $0.bytes += bytes } } }

    /// Everything that has arrived.
    public func contents() -> [UInt8] { bytes }

    /// Drops what is behind the first `length` bytes.
    public func truncate(to length: Int) {
        state.withLock { $0.bytes.removeLast(max(0, $0.bytes.count - length)) }
    }

    /// Nothing is to be done.
    public func flush() {}

    /// Forgets everything.
    public func discard() { truncate(to: 0) }
}
