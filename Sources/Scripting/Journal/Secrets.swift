internal import ClusterModel
internal import Orchestration

/// What a journal does not keep.
enum Secrets {
    /// Primitives whose answers hold secrets.
    static func withholds(_ primitive: String) -> Bool {
        primitive == "cluster.dsn" || primitive == "env.read" || primitive.hasPrefix("secrets.")
    }

    /// Primitives whose arguments may be secrets, as those of programs are.
    static func mayHold(_ primitive: String) -> Bool {
        ["program.", "file.", "env.", "data.", "secrets."].contains(where: primitive.hasPrefix)
    }

    /// Arguments without the passwords in statements.
    static func hidden(in arguments: Document, of primitive: String) -> Document {
        if primitive.hasPrefix("secrets.") { return .array(arguments.elements?.prefix(1).map { $0 } ?? []) }
        if primitive == "http.request" { return request(arguments) }
        guard primitive == "node.query" || primitive == "node.exec" else { return arguments }
        return hidden(arguments)
    }

    /// Of the arguments of `http.request` the second is its URL, the third are its headers, and the fourth is its body.
    private static func request(_ arguments: Document) -> Document {
        var values = arguments.elements ?? []
        if values.count > 1, let url = values[1].text { values[1] = .string(url.withoutSecretsInQuery) }
        if values.count > 3, let body = values[3].text { values[3] = .string(body.withoutSecretsInJSON) }
        if values.count > 2, let headers = values[2].members {
            values[2] = .object(headers.map { .init($0.key, $0.key.namesSecret ? "***" : $0.value) })
        }
        return hidden(.array(values))
    }

    private static func hidden(_ value: Document) -> Document {
        switch value {
        case .string(let text): .string(text.withoutPasswords)
        case .array(let elements): .array(elements.map(hidden))
        case .object(let members): .object(members.map { .init($0.key, hidden($0.value)) })
        default: value
        }
    }
}

extension String {
    /// Whether what has this name is a secret, as a rule.
    var namesSecret: Bool { contains(/(?i)auth|cookie|token|secret|password|key/) }

    /// `?token=x&page=2` of a URL with stars for the token.
    fileprivate var withoutSecretsInQuery: String {
        replacing(/([?&])([^=&#]*)=([^&#]*)/) { String($0.2).namesSecret ? "\($0.1)\($0.2)=***" : String($0.0) }
    }

    /// `{"token": "x"}` with stars for the token.
    fileprivate var withoutSecretsInJSON: String {
        replacing(/"((?:[^"\\]|\\.)*)"(\s*:\s*)"(?:[^"\\]|\\.)*"/) {
            String($0.1).namesSecret ? "\"\($0.1)\"\($0.2)\"***\"" : String($0.0)
        }
    }

    /// `alter role x password 'y'` with stars for the password; `password=y` and `PGPASSWORD=y` too.
    var withoutPasswords: String {
        guard mentionsPassword else { return self }
        return replacing(/(?i)(password\s+)(e?'(?:[^'\\]|''|\\.)*')/) { "\($0.1)'***'" }
            .replacing(/(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s']+)/) { "\($0.1)***" }
    }

    /// Whether the word is there, in small letters or not. A pattern would be compiled for each text, and most do not have it.
    private var mentionsPassword: Bool {
        var text = self
        return text.withUTF8 { bytes in
            guard bytes.count >= Self.password.count else { return false }
            return (0...bytes.count - Self.password.count).contains { start in
                Self.password.indices.allSatisfy { bytes[start + $0] | 0x20 == Self.password[$0] }
            }
        }
    }

    private static let password = Array("password".utf8)
}
