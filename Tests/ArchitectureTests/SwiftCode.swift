/// Swift text with comments and string literals blanked, so that words in them are not taken for code. Lines keep their numbers.
///
/// Code inside an interpolation is blanked with its string.
struct SwiftCode {
    let lines: [Substring]

    init(_ text: String) {
        var scanner = Scanner(rest: text[...])
        scanner.run()
        lines = scanner.code.split(separator: "\n", omittingEmptySubsequences: false).map { Substring($0) }
    }
}

private struct Scanner {
    var rest: Substring
    var code = ""

    mutating func run() {
        while let character = rest.first {
            if rest.hasPrefix("//") {
                rest = rest.drop { $0 != "\n" }
            } else if rest.hasPrefix("/*") {
                skipBlockComment()
            } else if let opening = stringOpening() {
                skipString(opening)
            } else {
                code.append(character)
                rest.removeFirst()
            }
        }
    }

    /// Block comments nest.
    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if rest.hasPrefix("/*") {
                depth += 1
                skip(2)
            } else if rest.hasPrefix("*/") {
                depth -= 1
                skip(2)
            } else {
                skip(1)
            }
        } while depth > 0 && !rest.isEmpty
    }

    /// The delimiter at this place: any number of `#`, then one quote or three.
    private func stringOpening() -> (hashes: String, quotes: String)? {
        let hashes = String(rest.prefix { $0 == "#" })
        let quotes = rest.dropFirst(hashes.count)
        if quotes.hasPrefix("\"\"\"") { return (hashes, "\"\"\"") }
        return quotes.hasPrefix("\"") ? (hashes, "\"") : nil
    }

    private mutating func skipString(_ opening: (hashes: String, quotes: String)) {
        let closing = opening.quotes + opening.hashes
        let escape = "\\" + opening.hashes
        skip(closing.count)
        while !rest.isEmpty, !rest.hasPrefix(closing) {
            if opening.quotes.count == 1, rest.first == "\n" { return }
            skip(rest.hasPrefix(escape) ? escape.count + 1 : 1)
        }
        skip(closing.count)
        code += "\"\""
    }

    private mutating func skip(_ count: Int) {
        code += rest.prefix(count).filter { $0 == "\n" }
        rest = rest.dropFirst(count)
    }
}
