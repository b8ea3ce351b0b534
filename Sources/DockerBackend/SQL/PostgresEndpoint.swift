/// Where a PostgreSQL server, or a balancer, listens, and who logs in.
struct PostgresEndpoint: Sendable {
    var host: String
    var port: Int
    var user: String
    var password: String
    var database: String

    /// The connection parameters of libpq, with a limit for connecting in whole seconds (libpq takes no less than 2).
    func parameters(timeout: Double) -> [(String, String)] {
        [
            ("host", host), ("port", String(port)), ("user", user), ("password", password), ("dbname", database),
            ("connect_timeout", String(max(2, Int(timeout.rounded(.up))))), ("application_name", "pgbc"),
            ("client_encoding", "UTF8"), ("sslmode", "prefer"), ("gssencmode", "disable"),
        ]
    }

    /// A connection string that any libpq program takes.
    var connectionString: String {
        [("host", host), ("port", String(port)), ("user", user), ("password", password), ("dbname", database)]
            .map { "\($0.0)=\(Self.quoted($0.1))" }
            .joined(separator: " ")
    }

    /// A value as a connection string needs it: in quotes where it holds blanks, quotes or backslashes.
    private static func quoted(_ value: String) -> String {
        guard value.isEmpty || value.contains(where: { " '\\".contains($0) }) else { return value }
        var escaped = ""
        for character in value {
            if character == "'" || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        return "'\(escaped)'"
    }
}
