/// A libpq connection string taken apart: `host=127.0.0.1 port=19999 password='a b'`.
struct ConnectionString: Equatable {
    private(set) var pairs: [(key: String, value: String)] = []

    static func == (left: ConnectionString, right: ConnectionString) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }

    /// Reads keywords and values; values may be quoted with ' and escaped with \.
    init(_ text: String) {
        var rest = Substring(text)
        while let sign = rest.firstIndex(of: "=") {
            let key = rest[..<sign].filter { !$0.isWhitespace }
            rest = rest[rest.index(after: sign)...].drop(while: \.isWhitespace)
            pairs.append((key, Self.value(&rest)))
        }
    }

    private static func value(_ rest: inout Substring) -> String {
        let isQuoted = rest.first == "'"
        if isQuoted { rest.removeFirst() }
        var value = ""
        while let character = rest.popFirst() {
            if isQuoted ? character == "'" : character.isWhitespace { break }
            value.append(character == "\\" ? rest.popFirst() ?? character : character)
        }
        return value
    }

    /// The value of a keyword.
    subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }

    /// The string without the password and with a file to read it from.
    func withPassword(inFile path: String) -> String {
        let kept = pairs.filter { $0.key != "password" && $0.key != "passfile" } + [("passfile", path)]
        return kept.map { "\($0.key)=\(Self.quoted($0.value))" }.joined(separator: " ")
    }

    /// The line of a password file; `nil` without a password.
    var passwordLine: String? {
        guard let password = self["password"] else { return nil }
        let fields = ["*", "*", "*", "*", password]
        return fields.map { $0.replacing("\\", with: "\\\\").replacing(":", with: "\\:") }.joined(separator: ":") + "\n"
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.allSatisfy { !$0.isWhitespace && $0 != "'" && $0 != "\\" }
        return isPlain ? value : "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
