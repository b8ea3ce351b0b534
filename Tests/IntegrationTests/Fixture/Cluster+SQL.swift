import Foundation
import Testing

/// A way into the cluster for psql.
struct Connection: Sendable {
    let dsn: String
    let psql: String
    let folder: URL

    /// Runs SQL in one session of psql; returns the rows, their values separated by "|".
    func run(_ sql: String, limit: Duration = .seconds(30)) async throws -> [String] {
        let finished = try await attempt(sql, limit: limit)
        guard finished.code == 0 else { throw ProgramFailure(description: "\(finished)\nof: \(sql)") }
        return finished.output.split(separator: "\n").map(String.init)
    }

    /// The same, also when it fails.
    func attempt(_ sql: String, limit: Duration = .seconds(30)) async throws -> Finished {
        let program = Program(
            executable: psql,
            arguments: ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", dsn],
            environment: ["PGCONNECT_TIMEOUT": "5"],
            folder: folder,
            input: sql + "\n"
        )
        return try await program.run(limit: limit)
    }

    /// The only value of the only row.
    func value(_ sql: String) async throws -> String {
        let rows = try await run(sql)
        return try #require(rows.first, "no row came back of: \(sql)")
    }

    /// The same place with another part of the connection string.
    func with(_ key: String, _ value: String) -> Connection {
        let others = dsn.split(separator: " ").filter { !$0.hasPrefix("\(key)=") }
        return Connection(dsn: (others + ["\(key)=\(value)"]).joined(separator: " "), psql: psql, folder: folder)
    }
}

extension Cluster {
    /// Through a balancer, with the connection string that `pgbc dsn` prints.
    func balancer(_ balancer: String) async throws -> Connection {
        try await connection(try await succeed("dsn", "--cluster", name, "--balancer", balancer))
    }

    /// Straight to a node.
    func node(_ node: String) async throws -> Connection {
        try await connection(try await succeed("dsn", "--cluster", name, "--node", node))
    }

    private func connection(_ dsn: Finished) async throws -> Connection {
        Connection(
            dsn: dsn.lastLine,
            psql: try Places.program("psql", package: "postgresql-client"),
            folder: folder
        )
    }
}
