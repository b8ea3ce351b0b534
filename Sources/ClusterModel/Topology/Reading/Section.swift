/// One object of a document with its path: takes typed values out and notes what is wrong with them.
struct Section {
    let path: String
    let members: [Document.Member]

    /// nil, with a problem noted, if the value is not an object. An empty list counts as an empty object, because Lua
    /// has one notation for both.
    init?(_ value: Document, path: String, problems: inout [Problem]) {
        switch value {
        case .object(let members): self.members = members
        case .array([]): members = []
        default:
            problems.note(path.isEmpty ? "document" : path, value, "must be an object, not \(value.kind)")
            return nil
        }
        self.path = path
    }

    func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The value of a key; null counts as left out.
    subscript(key: String) -> Document? {
        members.first { $0.key == key && $0.value != .null }?.value
    }

    /// Notes each key that is not among `known`.
    func expect(_ known: [String], problems: inout [Problem]) {
        for member in members where !known.contains(member.key) {
            let suggestion =
                member.key.nearest(in: known).map { "did you mean \"\($0)\"?" }
                ?? "the keys here are \(known.joined(separator: ", "))"
            problems.note(path(member.key), nil, "unknown key", suggestion)
        }
    }

    /// A string that `parse` accepts; otherwise a problem with this reason.
    func text<Value>(
        _ key: String,
        problems: inout [Problem],
        must reason: String,
        _ suggestion: String? = nil,
        parse: (String) -> Value?
    ) -> Value? {
        guard let value = self[key] else { return nil }
        guard let text = value.text else {
            problems.note(path(key), value, "must be a string, not \(value.kind)")
            return nil
        }
        if let parsed = parse(text) { return parsed }
        problems.note(path(key), value, reason, suggestion)
        return nil
    }

    /// A whole number in this range; otherwise a problem with this reason.
    func wholeNumber(
        _ key: String,
        in range: ClosedRange<Int>,
        problems: inout [Problem],
        must reason: String,
        _ suggestion: String? = nil
    ) -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = value.wholeNumber else {
            let isQuoted = value.text.flatMap { Int($0) } != nil
            let hint = isQuoted ? "write it without quotes" : suggestion
            problems.note(path(key), value, isQuoted ? "must be a whole number, not a string" : reason, hint)
            return nil
        }
        guard range.contains(number) else {
            problems.note(path(key), value, reason, suggestion)
            return nil
        }
        return number
    }
}

extension [Problem] {
    mutating func note(_ path: String, _ value: Document?, _ reason: String, _ suggestion: String? = nil) {
        let excerpt = Self.holdsSecret(path) ? nil : value?.excerpt
        append(Problem(path: path, value: excerpt, reason: reason, suggestion: suggestion))
    }

    /// A refused password must not end up in a log either.
    private static func holdsSecret(_ path: String) -> Bool {
        ["password", "authkey", "conninfo"].contains { path.hasSuffix($0) }
    }
}

extension Document {
    /// The value on one line, cut to what a message can carry.
    var excerpt: String {
        let text = json(pretty: false)
        return text.count <= 60 ? text : "\(text.prefix(57))…"
    }
}
