extension Document {
    /// This document as JSON, members in their order; `pretty` indents by two spaces and writes one item per line.
    public func json(pretty: Bool = false) -> String {
        // The usual document of a script's inner loop needs no buffer.
        if case .integer(let value) = self { return String(value) }
        var writer = JSONWriter(pretty: pretty)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Adds this document as JSON to bytes.
    public func writeJSON(to bytes: inout [UInt8]) {
        var writer = JSONWriter(pretty: false)
        swap(&writer.bytes, &bytes)
        writer.write(self)
        swap(&writer.bytes, &bytes)
    }
}

private struct JSONWriter {
    let pretty: Bool
    var bytes: [UInt8] = []
    private var depth = 0

    init(pretty: Bool) { self.pretty = pretty }

    mutating func write(_ document: Document) {
        switch document {
        case .null: add("null")
        case .boolean(let value): add(value ? "true" : "false")
        case .integer(let value): add(String(value))
        // JSON has no infinity and no NaN.
        case .number(let value): add(value.isFinite ? value.description : "null")
        case .string(let value): write(quoted: value)
        case .array(let elements):
            write("[", elements, "]") { $0.write($1) }
        case .object(let members):
            write("{", members, "}") { writer, member in
                writer.write(quoted: member.key)
                writer.add(writer.pretty ? ": " : ":")
                writer.write(member.value)
            }
        }
    }

    private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func write<Item>(
        _ opening: Unicode.Scalar,
        _ items: [Item],
        _ closing: Unicode.Scalar,
        item write: (inout JSONWriter, Item) -> Void
    ) {
        bytes.append(UInt8(ascii: opening))
        depth += 1
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            write(&self, item)
        }
        depth -= 1
        if !items.isEmpty { breakLine() }
        bytes.append(UInt8(ascii: closing))
    }

    private mutating func breakLine() {
        guard pretty else { return }
        add("\n" + String(repeating: "  ", count: depth))
    }

    private mutating func write(quoted value: String) {
        bytes.append(UInt8(ascii: "\""))
        if value.utf8.allSatisfy(\.isPlainInJSON) { add(value) } else { write(escaping: value) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func write(escaping value: String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": add("\\\"")
            case "\\": add("\\\\")
            case "\n": add("\\n")
            case "\r": add("\\r")
            case "\t": add("\\t")
            case "\0"..<" ", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                add("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}

extension UInt8 {
    /// Whether it stands for itself in a string: what is not ASCII is looked at as a scalar.
    fileprivate var isPlainInJSON: Bool {
        self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}
