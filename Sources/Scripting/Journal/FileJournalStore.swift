#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Foundation
internal import Orchestration
internal import Synchronization

/// A journal in a file of the user's, which is made when there is something to write. While this process works on it no
/// other process can.
final class FileJournalStore: JournalStore {
    let path: String
    private let descriptor = Mutex<Int32?>(nil)

    init(path: String) { self.path = path }

    deinit { if let descriptor = descriptor.withLock({ $0 }) { close(descriptor) } }

    /// Makes the journal this process's own; throws a conflict when another process works on it.
    func claim() throws(ClusterError) { _ = try opened() }

    private func opened() throws(ClusterError) -> Int32 {
        try descriptor.withLock { known throws(ClusterError) in
            if let known { return known }
            let new = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard new >= 0 else { throw Self.failure("open", path) }
            guard flock(new, LOCK_EX | LOCK_NB) == 0 else {
                close(new)
                throw .runIsUnderWay(path)
            }
            known = new
            return new
        }
    }

    func append(_ bytes: [UInt8]) throws {
        let descriptor = try opened()
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write to", path) }
            rest = rest.dropFirst(count)
        }
    }

    func contents() throws -> [UInt8] { try Self.read(path) }

    func truncate(to length: Int) throws {
        guard ftruncate(try opened(), length) == 0 else { throw Self.failure("shorten", path) }
    }

    func flush() throws {
        #if canImport(Glibc)
            let done = fdatasync(try opened())
        #else
            let done = fsync(try opened())
        #endif
        guard done == 0 else { throw Self.failure("write", path) }
    }

    func discard() { if descriptor.withLock({ $0 != nil }) { _ = unlink(path) } }

    /// The bytes of a journal, whoever works on it.
    static func read(_ path: String) throws(ClusterError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw failure("read", path) }
        return [UInt8](data)
    }

    /// Whether a process works on it.
    static func isInUse(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    private static func failure(_ verb: String, _ path: String) -> ClusterError {
        ClusterError(.failed, operation: "\(verb) the journal \(path)", message: String(cString: strerror(errno)))
    }
}

extension ClusterError {
    fileprivate static func runIsUnderWay(_ path: String) -> ClusterError {
        ClusterError(
            .conflict,
            operation: "go on with the run in \(path)",
            message: "another process is working on it",
            advice: "wait for it, or interrupt it with Ctrl-C"
        )
    }
}
