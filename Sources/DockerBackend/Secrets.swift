internal import ClusterModel

/// The names of a cluster's secrets, which are also the names of their files.
enum SecretName: String, CaseIterable, Sendable {
    case superuser, replication, monitor, pcp, rest

    /// The PostgreSQL role that logs in with it, where there is one.
    var role: String {
        switch self {
        case .superuser: "postgres"
        case .replication: "pgbc_replicator"
        case .monitor: "pgbc_monitor"
        case .pcp, .rest: "pgbc"
        }
    }
}

/// A cluster's passwords and tokens. They live on its control volume, in files that only root in the containers can read.
struct Secrets: Sendable, Equatable {
    private var values: [SecretName: String]

    /// Secrets as found, by the names of their files. What is missing is made anew.
    init(found: [String: String] = [:]) {
        values = [:]
        for name in SecretName.allCases {
            values[name] = found[name.rawValue].flatMap { $0.isEmpty ? nil : $0 } ?? Self.random()
        }
    }

    subscript(name: SecretName) -> String { values[name] ?? "" }

    /// One file for each secret, below the control volume's root.
    var files: [UploadFile] {
        SecretName.allCases.map { UploadFile("secrets/\($0.rawValue)", bytes: Array(self[$0].utf8), mode: 0o600) }
    }

    /// 32 letters and digits: 190 bits, and nothing that any shell, file or connection string would have to quote.
    private static func random() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
    }
}
