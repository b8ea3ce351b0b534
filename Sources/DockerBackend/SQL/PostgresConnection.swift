internal import CPostgres
internal import ClusterModel
internal import Foundation
internal import Orchestration
internal import Synchronization

/// One libpq connection, used from one thread. Every wait ends at the deadline or when the work is cancelled.
final class PostgresConnection {
    private let handle: OpaquePointer
    private let place: String
    private var deadline: ContinuousClock.Instant
    private let cancellation: Cancellation

    /// Connects and logs in.
    init(to endpoint: PostgresEndpoint, timeout: Double, cancellation: Cancellation) throws {
        place = "\(endpoint.host):\(endpoint.port)"
        guard pgbc_libpq() != nil else {
            throw PostgresError(
                kind: .connection,
                message:
                    "\(PGBC_LIBPQ) is not on this machine: apt-get install libpq5 (Debian, Ubuntu) or brew install libpq"
            )
        }
        deadline = ContinuousClock.now + .seconds(timeout)
        self.cancellation = cancellation
        let parameters = endpoint.parameters(timeout: timeout)
        let keys = parameters.map { strdup($0.0) } + [nil]
        let values = parameters.map { strdup($0.1) } + [nil]
        defer { for pointer in keys + values { free(pointer) } }
        let started = keys.map { UnsafePointer($0) }.withUnsafeBufferPointer { keys in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                lazy_PQconnectStartParams(keys.baseAddress, values.baseAddress, 0)
            }
        }
        guard let started else { throw PostgresError(kind: .connection, message: "out of memory") }
        handle = started
        // Notices are for people at a prompt; libpq would print them to our standard error.
        _ = lazy_PQsetNoticeReceiver(started, { _, _ in }, nil)
        try finishConnecting()
    }

    deinit { lazy_PQfinish(handle) }

    /// The next statement may take so many seconds.
    func allow(_ seconds: Double) { deadline = ContinuousClock.now + .seconds(seconds) }

    private func finishConnecting() throws {
        guard lazy_PQstatus(handle) != CONNECTION_BAD else { throw connectionError() }
        var state = PGRES_POLLING_WRITING
        while true {
            switch state {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: try wait(for: POLLIN, doing: "connecting")
            case PGRES_POLLING_WRITING: try wait(for: POLLOUT, doing: "connecting")
            default: throw connectionError()
            }
            state = lazy_PQconnectPoll(handle)
        }
    }

    /// Runs one statement and reads its whole answer. With `isSingle` the server itself refuses more than one.
    func run(_ text: String, parameters: [Document] = [], isSingle: Bool = false) throws -> SQLResult {
        let values = parameters.map { $0.sqlText.map { strdup($0) } ?? nil }
        defer { for value in values { free(value) } }
        let sent = values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
            parameters.isEmpty && !isSingle
                ? lazy_PQsendQuery(handle, text)
                : lazy_PQsendQueryParams(handle, text, Int32(values.count), nil, values.baseAddress, nil, nil, 0)
        }
        guard sent == 1 else { throw connectionError() }
        var last = SQLResult(columns: [], rows: [])
        var failure: PostgresError?
        while let result = try nextResult() {
            defer { lazy_PQclear(result) }
            switch lazy_PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: last = SQLResult(result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw PostgresError(
                    kind: .statement("0A000"),
                    message: "\(place): COPY needs psql: nothing here reads or feeds it"
                )
            default: failure = failure ?? statementError(result)
            }
        }
        if let failure { throw failure }
        return last
    }

    private func nextResult() throws -> OpaquePointer? {
        while lazy_PQisBusy(handle) == 1 {
            try wait(for: POLLIN, doing: "waiting for the answer")
            guard lazy_PQconsumeInput(handle) == 1 else { throw connectionError() }
        }
        return lazy_PQgetResult(handle)
    }

    private func wait(for event: Int32, doing what: String) throws {
        let step = Duration.milliseconds(50)
        while true {
            if cancellation.isCancelled { throw CancellationError() }
            let left = deadline - .now
            guard left > .zero else {
                throw PostgresError(kind: .timedOut, message: "\(place): no answer in time while \(what)")
            }
            var descriptor = pollfd(fd: lazy_PQsocket(handle), events: Int16(event), revents: 0)
            let milliseconds = Int32(max(1, min(left, step).seconds * 1000))
            if poll(&descriptor, 1, milliseconds) != 0 { return }
        }
    }

    private func connectionError() -> PostgresError {
        PostgresError(kind: .connection, message: "\(place): \(Self.oneLine(lazy_PQerrorMessage(handle)))")
    }

    private func statementError(_ result: OpaquePointer) -> PostgresError {
        // PG_DIAG_SQLSTATE is the character 'C' in postgres_ext.h; the macro is not imported as a number.
        let state = lazy_PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        return PostgresError(
            kind: .statement(state),
            message: "\(place): \(Self.oneLine(lazy_PQresultErrorMessage(result)))"
        )
    }

    private static func oneLine(_ text: UnsafePointer<CChar>?) -> String {
        text.map { String(cString: $0) }?
            .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "; ")
            ?? "no message"
    }
}

/// Tells a blocked thread that nobody waits for it any more.
final class Cancellation: Sendable {
    private let flag = Mutex(false)

    var isCancelled: Bool { flag.withLock { $0 } }

    func cancel() { flag.withLock { $0 = true } }
}
