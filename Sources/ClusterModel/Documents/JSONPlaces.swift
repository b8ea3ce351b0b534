extension JSONReader {
    func error(_ reason: String, at offset: Int? = nil) -> DocumentSyntaxError {
        let (line, column) = lineAndColumn(of: offset ?? position)
        return DocumentSyntaxError(source: source, line: line, column: column, reason: reason)
    }

    /// What stands under the reader, for a message.
    var next: String {
        guard position < bytes.count else { return "the file ends" }
        let rest = String(decoding: bytes[position...].prefix(16), as: UTF8.self)
        switch rest.first {
        case "'": return "a single quote"
        case "/", "#": return "a comment (JSON has none)"
        case let character?: return "'\(character)'"
        case nil: return "the file ends"
        }
    }

    func line(of offset: Int) -> Int { lineAndColumn(of: offset).line }

    func place(of offset: Int) -> String {
        let (line, column) = lineAndColumn(of: offset)
        return "line \(line), column \(column)"
    }

    private func lineAndColumn(of offset: Int) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let text = String(decoding: before[lineStart...], as: UTF8.self)
        return (line, text.drop { $0 == "\u{FEFF}" }.count + 1)
    }

    /// Refuses bytes that are not UTF-8, naming the first place where they are not.
    func checkEncoding() throws(DocumentSyntaxError) {
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        let hint =
            bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? " (it looks like UTF-16)" : ""
        throw error("the file is not UTF-8 text\(hint); save it as UTF-8", at: firstInvalidByte)
    }

    private var firstInvalidByte: Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return offset
    }
}
