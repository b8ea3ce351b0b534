extension JSONReader {
    /// The string that begins at the quote under the reader.
    mutating func string() throws(DocumentSyntaxError) -> String {
        let start = position
        position += 1
        if let text = plainString() { return text }
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                let what = byte == 0x0A || byte == 0x0D ? "the line ends" : "there is a control character"
                throw error(
                    "\(what) inside the string that begins at \(place(of: start)); close it with '\"' or escape it"
                )
            default:
                text.append(byte)
                position += 1
            }
        }
        throw error("the file ends inside the string that begins at \(place(of: start))")
    }

    /// The rest of a string that ends without an escape; `nil`, and nothing read, for any other.
    private mutating func plainString() -> String? {
        var end = position
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\\") {
            if bytes[end] == UInt8(ascii: "\"") {
                defer { position = end + 1 }
                return String(decoding: bytes[position..<end], as: UTF8.self)
            }
            end += 1
        }
        return nil
    }

    private mutating func escape() throws(DocumentSyntaxError) -> UnicodeScalar {
        let start = position
        position += 2
        switch bytes.indices.contains(start + 1) ? bytes[start + 1] : nil {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw error("an unknown escape in a string; write '\\\\' for a backslash", at: start)
        }
    }

    /// One `\uXXXX`, or two that form a surrogate pair; the reader stands behind the first `\u`.
    private mutating func unicodeEscape(from start: Int) throws(DocumentSyntaxError) -> UnicodeScalar {
        let first = try hexadecimal(from: start)
        if let scalar = UnicodeScalar(first) { return scalar }
        guard first < 0xDC00, bytes[position...].starts(with: Array("\\u".utf8)) else {
            throw error("half of a surrogate pair in a string", at: start)
        }
        position += 2
        let second = try hexadecimal(from: start)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = UnicodeScalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw error("half of a surrogate pair in a string", at: start) }
        return scalar
    }

    private mutating func hexadecimal(from start: Int) throws(DocumentSyntaxError) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("'\\u' must be followed by four hexadecimal digits", at: start) }
        position += 4
        return value
    }

    /// A number without fraction and exponent that fits becomes an integer, every other one a number.
    mutating func number() throws(DocumentSyntaxError) -> Document {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let whole = position
        guard digits() > 0 else { throw error("a digit was expected after '-'") }
        guard bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else {
            throw error("a number cannot begin with 0; write a string if it is not a number", at: start)
        }
        let isWhole = try !fraction()
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw error("\(text) is too large a number", at: start) }
        return .number(value)
    }

    /// Whether a fraction or an exponent followed; the reader stands behind them.
    private mutating func fraction() throws(DocumentSyntaxError) -> Bool {
        let start = position
        if peek == UInt8(ascii: ".") {
            position += 1
            guard digits() > 0 else { throw error("a digit was expected after '.'") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            guard digits() > 0 else { throw error("a digit was expected in the exponent") }
        }
        return position > start
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, byte.isDigit { position += 1 }
        return position - start
    }

    /// `true`, `false` or `null`; for anything else an error that names what was found.
    mutating func word(for what: String) throws(DocumentSyntaxError) -> Document {
        let start = position
        let word = bytes[position...].prefix { $0.isNameByte }
        switch String(decoding: word, as: UTF8.self) {
        case "true": position += word.count; return .boolean(true)
        case "false": position += word.count; return .boolean(false)
        case "null": position += word.count; return .null
        case "": throw error("\(next) where \(what) was expected")
        case let text where word.allSatisfy({ $0 == UInt8(ascii: ".") }):
            throw error("'\(text)' where \(what) was expected; leave out what pgbc shall choose itself", at: start)
        case let text: throw error("'\(text)' where \(what) was expected; text needs double quotes", at: start)
        }
    }
}
