extension Document {
    /// This document as JSON, members in their order; `pretty` indents by two spaces and writes one item per line.
    public func json(pretty: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self)
        return writer.text
    }
}

private struct JSONWriter {
    let pretty: Bool
    var text = ""
    private var depth = 0

    init(pretty: Bool) { self.pretty = pretty }

    mutating func write(_ document: Document) {
        switch document {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        // JSON has no infinity and no NaN.
        case .number(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): write(quoted: value)
        case .array(let elements):
            write("[", elements, "]") { $0.write($1) }
        case .object(let members):
            write("{", members, "}") { writer, member in
                writer.write(quoted: member.key)
                writer.text += writer.pretty ? ": " : ":"
                writer.write(member.value)
            }
        }
    }

    private mutating func write<Item>(
        _ opening: String,
        _ items: [Item],
        _ closing: String,
        item write: (inout JSONWriter, Item) -> Void
    ) {
        text += opening
        depth += 1
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            breakLine()
            write(&self, item)
        }
        depth -= 1
        if !items.isEmpty { breakLine() }
        text += closing
    }

    private mutating func breakLine() {
        guard pretty else { return }
        text += "\n" + String(repeating: "  ", count: depth)
    }

    private mutating func write(quoted value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
