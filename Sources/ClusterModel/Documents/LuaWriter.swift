extension Document {
    /// This document as a Lua expression, two spaces per level; a table stays on one line if it is short and no list of
    /// tables.
    ///
    /// - Parameter indentation: the level at which the expression begins; its first line is not indented.
    public func lua(indentation: Int = 0) -> String {
        let inline = inlineLua
        guard isTable, holdsTables || inline.count + 2 * indentation > Self.longestInlineLua else { return inline }
        let indent = String(repeating: "  ", count: indentation + 1)
        let items = luaItems { $0.lua(indentation: indentation + 1) }.map { "\(indent)\($0),\n" }
        return "{\n\(items.joined())\(String(repeating: "  ", count: indentation))}"
    }

    private static let longestInlineLua = 116

    private var isTable: Bool {
        switch self {
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: false
        }
    }

    private var holdsTables: Bool {
        guard case .array(let elements) = self else { return false }
        return elements.contains(where: \.isTable)
    }

    private var inlineLua: String {
        switch self {
        case .null: "nil"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.luaText
        case .string(let value): value.luaQuoted
        case .array, .object:
            isTable ? "{ " + luaItems(write: \.inlineLua).joined(separator: ", ") + " }" : "{}"
        }
    }

    private func luaItems(write: (Document) -> String) -> [String] {
        switch self {
        case .array(let elements): elements.map(write)
        case .object(let members): members.map { "\($0.key.luaKey) = \(write($0.value))" }
        default: []
        }
    }
}

extension String {
    private static let luaKeywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// This text as the key of a table constructor.
    var luaKey: String {
        let isName = utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") } && utf8.first?.isDigit == false
        return isName && !Self.luaKeywords.contains(self) ? self : "[\(luaQuoted)]"
    }

    /// This text as a Lua string literal.
    var luaQuoted: String {
        let escaped = unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            // The braces end the escape, so that a digit may follow it.
            case "\0"..<" ", "\u{7F}": "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

extension Double {
    fileprivate var luaText: String {
        if isNaN { return "(0/0)" }
        return isInfinite ? (self < 0 ? "-math.huge" : "math.huge") : description
    }
}
