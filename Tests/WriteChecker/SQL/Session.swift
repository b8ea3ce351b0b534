import CPostgres
import Foundation

/// One session with a server or a balancer, used from one thread. Every wait is bounded.
final class Session {
    private let handle: OpaquePointer
    private let isAbandoned: () -> Bool

    /// Connects and logs in within so many seconds; a wait also ends when the work is abandoned.
    init(
        _ address: String,
        within limit: Double,
        application: String,
        isAbandoned: @escaping () -> Bool = { false }
    ) throws(SQLFailure) {
        self.isAbandoned = isAbandoned
        guard let started = PQconnectStart("\(address) application_name=\(application)") else {
            throw SQLFailure(kind: .connect, message: "out of memory", endsSession: true)
        }
        handle = started
        _ = PQsetNoticeReceiver(started, { _, _ in }, nil)
        try finishConnecting(by: .now + .seconds(limit))
    }

    deinit { PQfinish(handle) }

    private func finishConnecting(by deadline: ContinuousClock.Instant) throws(SQLFailure) {
        var state = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD {
            let event: Int32
            switch state {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: event = POLLIN
            case PGRES_POLLING_WRITING: event = POLLOUT
            default: throw failure(.connect)
            }
            guard wait(for: event, until: deadline) else {
                throw SQLFailure(kind: .connect, message: "no answer in time", endsSession: true)
            }
            state = PQconnectPoll(handle)
        }
        throw failure(.connect)
    }

    /// Runs one statement and returns its rows as text; `nil` stands for NULL.
    @discardableResult
    func run(_ sql: String, within limit: Double) throws(SQLFailure) -> [[String?]] {
        let deadline = ContinuousClock.now + .seconds(limit)
        guard PQsendQuery(handle, sql) == 1 else { throw failure(.cut) }
        var rows: [[String?]] = []
        var refusal: SQLFailure?
        while let result = try nextResult(by: deadline) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows = Self.rows(of: result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: refusal = refusal ?? self.refusal(result)
            }
        }
        guard let refusal else { return rows }
        throw refusal
    }

    private func nextResult(by deadline: ContinuousClock.Instant) throws(SQLFailure) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            guard wait(for: POLLIN, until: deadline) else {
                throw SQLFailure(kind: .silent, message: "no answer in time", endsSession: true)
            }
            guard PQconsumeInput(handle) == 1 else { throw failure(.cut) }
        }
        return PQgetResult(handle)
    }

    private func wait(for event: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        while !isAbandoned() {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { return false }
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(event), revents: 0)
            if poll(&descriptor, 1, Int32(min(left + 1, 50))) > 0 { return true }
        }
        return false
    }

    private static func rows(of result: OpaquePointer) -> [[String?]] {
        let columns = PQnfields(result)
        return (0..<PQntuples(result)).map { row in
            (0..<columns).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    private func failure(_ kind: SQLFailure.Kind) -> SQLFailure {
        SQLFailure(kind: kind, message: String(cString: PQerrorMessage(handle)), endsSession: true)
    }

    /// A result without an SQLSTATE is libpq's own: the session was cut.
    private func refusal(_ result: OpaquePointer) -> SQLFailure {
        // PG_DIAG_SQLSTATE is the character 'C'; the macro is not imported as a number.
        guard let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))) else { return failure(.cut) }
        return SQLFailure(
            kind: .refused(String(cString: state)),
            message: String(cString: PQresultErrorMessage(result)),
            endsSession: PQstatus(handle) == CONNECTION_BAD
        )
    }
}
