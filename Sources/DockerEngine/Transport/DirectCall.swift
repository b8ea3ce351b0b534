import Dispatch
import Synchronization

/// One GET on a connection of its own, read to its end by a blocked thread.
///
/// A command that asks the engine a handful of questions spends less on this than on setting up a pool, its threads and its
/// pipelines. Only for calls that the other end answers at once: each holds a thread while it waits.
struct DirectCall: Sendable {
    /// Where the other end listens.
    enum Place: Sendable, Equatable {
        case socket(path: String)
        /// A numeric IPv4 address and a port.
        case tcp(address: String, port: Int)
    }

    let place: Place
    /// Path and query.
    let target: String
    let host: String
    let limit: Duration
    /// The largest body that is taken into memory.
    let maximumBytes: Int

    /// - Throws: ``DirectError``, ``TimeLimitPassed``, or `CancellationError`.
    func answer() async throws -> DirectAnswer {
        let cancelled = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A serial queue has a thread of its own; concurrent ones share the few threads that run tasks.
                DispatchQueue(label: "pgbc.call").async {
                    continuation.resume(with: Result { try answer(unless: cancelled) })
                }
            }
        } onCancel: {
            cancelled.set()
        }
    }

    private func answer(unless cancelled: Flag) throws -> DirectAnswer {
        let connection = try DirectConnection(to: place, limit: limit, cancelled: cancelled)
        let head = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        try connection.write(Array(head.utf8))
        var reader = DirectAnswerReader(maximumBytes: maximumBytes)
        while !reader.isComplete {
            guard let bytes = try connection.read() else { return try reader.finish() }
            try reader.take(bytes)
        }
        return try reader.finish()
    }
}

/// A whole answer.
struct DirectAnswer: Sendable, Equatable {
    var status: Int
    /// The fields of its head, their names in lower case.
    var fields: [String: String]
    var body: [UInt8]
}

/// What went wrong below HTTP, or within it.
enum DirectError: Error, Equatable {
    /// A system call failed with this number.
    case system(CInt)
    /// The connection ended before the answer did.
    case cut
    /// No HTTP, or an answer that is too large.
    case malformed(String)
}

/// Set once, by whoever no longer waits.
final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
