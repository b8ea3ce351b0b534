internal import ClusterModel

extension SecretName {
    /// Who logs in with it.
    var role: String {
        switch self {
        case .superuser: "postgres"
        case .replication: "pgbc_replicator"
        case .monitor: "pgbc_monitor"
        case .pcp, .rest: "pgbc"
        }
    }

    /// Whether that is a role of PostgreSQL.
    var isOfPostgres: Bool {
        switch self {
        case .superuser, .replication, .monitor: true
        case .pcp, .rest: false
        }
    }

    /// Where it is kept, below the control volume's root.
    var path: String { "secrets/\(rawValue)" }

    /// Where the old one is kept while it is being changed.
    var pathBefore: String { "secrets/\(rawValue).before" }
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
        SecretName.allCases.map { UploadFile($0.path, bytes: Array(self[$0].utf8), mode: 0o600) }
    }

    /// Others for some of the names.
    func renewed(_ names: [SecretName]) -> Secrets {
        var renewed = self
        for name in names { renewed.values[name] = Self.random() }
        return renewed
    }

    /// 32 letters and digits: 190 bits, and nothing that any shell, file or connection string would have to quote.
    private static func random() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
    }
}
