/// What went wrong between this process and a PostgreSQL server.
struct PostgresError: Error, CustomStringConvertible {
    enum Kind: Sendable, Equatable {
        /// The server could not be reached, or refused the login.
        case connection
        /// The server refused the statement; the value is its SQLSTATE.
        case statement(String)
        /// No answer within the limit.
        case timedOut
    }

    let kind: Kind
    /// Where, and what the server or libpq said.
    let message: String

    var description: String { message }
}
