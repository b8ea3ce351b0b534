extension Document {
    /// Reads JSON (RFC 8259) and nothing beyond it: no comments, no trailing commas, no key twice in one object.
    ///
    /// - Parameter source: the name that an error carries, usually the file's.
    public init(json: String, source: String) throws(DocumentSyntaxError) {
        self = try Document(json: Array(json.utf8), source: source)
    }

    /// Reads JSON from the bytes of a file, which must be UTF-8; a byte order mark is skipped.
    public init(json bytes: [UInt8], source: String) throws(DocumentSyntaxError) {
        var reader = JSONReader(bytes: bytes, source: source)
        self = try reader.document()
    }
}

/// A recursive-descent reader over UTF-8 bytes. Strings and numbers are in `JSONScalars.swift`.
struct JSONReader {
    let bytes: [UInt8]
    let source: String
    var position = 0
    private var depth = 0

    /// Deep enough for anything written by hand, shallow enough for a thread's stack.
    static let deepest = 200

    init(bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
    }

    mutating func document() throws(DocumentSyntaxError) -> Document {
        try checkEncoding()
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skipSpace()
        guard position < bytes.count else { throw error("the file is empty; a JSON object was expected") }
        let value = try value(for: "a value")
        skipSpace()
        guard position == bytes.count else {
            throw error("\(next) after the end of the document; nothing may follow it")
        }
        return value
    }

    private mutating func value(for what: @autoclosure () -> String) throws(DocumentSyntaxError) -> Document {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        case let byte? where byte.isDigit || byte == UInt8(ascii: "-"): return try number()
        default: return try word(for: what())
        }
    }

    private mutating func members() throws(DocumentSyntaxError) -> [Document.Member] {
        let start = try open()
        var members: [Document.Member] = []
        var places = KeyPlaces()
        while try more(in: "object", from: start, closing: UInt8(ascii: "}"), first: members.isEmpty) {
            let place = position
            guard peek == UInt8(ascii: "\"") else { throw error("\(next) where a key in double quotes was expected") }
            let key = try string()
            if let earlier = places.add(key, at: place, behind: members) {
                throw error("the key \"\(key)\" is here twice; the first is on line \(line(of: earlier))", at: place)
            }
            skipSpace()
            guard peek == UInt8(ascii: ":") else {
                throw error("\(next) where ':' was expected after the key \"\(key)\"")
            }
            position += 1
            members.append(Document.Member(key, try value(for: "the value of \"\(key)\"")))
        }
        return members
    }

    /// Where the keys of an object are. A few are found faster without a dictionary.
    private struct KeyPlaces {
        private var places: [Int] = []
        private var byKey: [String: Int] = [:]
        private static let few = 16

        /// The place of the same key before, where there is one.
        mutating func add(_ key: String, at place: Int, behind members: [Document.Member]) -> Int? {
            places.append(place)
            guard members.count >= Self.few else {
                return members.firstIndex { $0.key == key }.map { places[$0] }
            }
            if byKey.isEmpty {
                byKey = Dictionary(uniqueKeysWithValues: zip(members.map(\.key), places))
            }
            return byKey.updateValue(place, forKey: key)
        }
    }

    private mutating func elements() throws(DocumentSyntaxError) -> [Document] {
        let start = try open()
        var elements: [Document] = []
        while try more(in: "list", from: start, closing: UInt8(ascii: "]"), first: elements.isEmpty) {
            elements.append(try value(for: "a value"))
        }
        return elements
    }

    private mutating func open() throws(DocumentSyntaxError) -> Int {
        depth += 1
        guard depth <= Self.deepest else { throw error("more than \(Self.deepest) levels of nesting") }
        position += 1
        return position - 1
    }

    /// Whether another item follows; consumes the comma before it, or the closing bracket.
    private mutating func more(
        in what: String,
        from start: Int,
        closing: UInt8,
        first: Bool
    ) throws(DocumentSyntaxError) -> Bool {
        skipSpace()
        guard let byte = peek else {
            throw error("the file ends inside the \(what) that begins at \(place(of: start))")
        }
        if byte == closing {
            position += 1
            depth -= 1
            return false
        }
        if first { return true }
        let bracket = Character(UnicodeScalar(closing))
        guard byte == UInt8(ascii: ",") else { throw error("\(next) where ',' or '\(bracket)' was expected") }
        let comma = position
        position += 1
        skipSpace()
        if peek == closing { throw error("a comma before '\(bracket)'; leave the comma out", at: comma) }
        return true
    }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
