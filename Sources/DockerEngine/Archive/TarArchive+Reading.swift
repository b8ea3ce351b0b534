extension TarArchive {
    /// Reads an archive back.
    /// - Throws: Where a header's checksum is wrong, a number is none, or the bytes end too early.
    public init(bytes: [UInt8]) throws(TarError) {
        var reader = TarReader(bytes: bytes)
        var entries: [Entry] = []
        while let entry = try reader.next() { entries.append(entry) }
        self.init(entries: entries)
    }
}

/// Reads one entry after the other.
private struct TarReader {
    let bytes: [UInt8]
    var offset = 0
    /// What pax and GNU headers said about the next entry.
    var extended: [String: String] = [:]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() throws(TarError) -> TarArchive.Entry? {
        while let header = try readHeader() {
            switch header.kind {
            case UInt8(ascii: "x"): try readRecords(contents(header))
            case UInt8(ascii: "g"): _ = try contents(header)
            case UInt8(ascii: "L"): extended["path"] = Self.name(try contents(header))
            case UInt8(ascii: "K"): extended["linkpath"] = Self.name(try contents(header))
            default: return try entry(header)
            }
        }
        return nil
    }

    /// The next header; nil at an empty block or at the end of the bytes.
    private mutating func readHeader() throws(TarError) -> TarHeader? {
        guard offset < bytes.count else { return nil }
        guard offset + TarHeader.size <= bytes.count else { throw failure("the last header is cut off") }
        let block = bytes[offset..<offset + TarHeader.size]
        guard block.contains(where: { $0 != 0 }) else { return nil }
        let header = TarHeader(bytes: block)
        guard header.isSealed else { throw failure("a header with a wrong checksum") }
        offset += TarHeader.size
        return header
    }

    private mutating func contents(_ header: TarHeader) throws(TarError) -> ArraySlice<UInt8> {
        let size = try number(header, "size", TarHeader.Field.size)
        guard size <= bytes.count - offset else { throw failure("an entry whose contents are cut off") }
        defer { offset += (size + TarHeader.size - 1) / TarHeader.size * TarHeader.size }
        return bytes[offset..<offset + size]
    }

    private mutating func entry(_ header: TarHeader) throws(TarError) -> TarArchive.Entry {
        let kind = kind(header)
        let body = try contents(header)
        defer { extended = [:] }
        return TarArchive.Entry(
            path: TarArchive.trimmed(path(header)),
            kind: kind,
            mode: try number(header, "mode", TarHeader.Field.mode),
            uid: try number(header, "uid", TarHeader.Field.uid),
            gid: try number(header, "gid", TarHeader.Field.gid),
            modified: try number(header, "mtime", TarHeader.Field.modified),
            contents: kind == .file ? Array(body) : []
        )
    }

    private func kind(_ header: TarHeader) -> TarArchive.Entry.Kind {
        let link = extended["linkpath"] ?? header.text(TarHeader.Field.link)
        switch header.kind {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): return .file
        case UInt8(ascii: "1"): return .hardLink(target: link)
        case UInt8(ascii: "2"): return .symbolicLink(target: link)
        case UInt8(ascii: "5"): return .directory
        default: return .other(header.kind)
        }
    }

    private func path(_ header: TarHeader) -> String {
        if let path = extended["path"] { return path }
        let name = header.text(TarHeader.Field.name)
        // GNU headers ("ustar  ") keep other things where ustar has the prefix.
        guard header.text(TarHeader.Field.magic) == "ustar" else { return name }
        let prefix = header.text(TarHeader.Field.prefix)
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    /// A number from the extended header, where a time may have a fraction, or else from the header itself.
    private func number(_ header: TarHeader, _ key: String, _ field: Range<Int>) throws(TarError) -> Int {
        let given = extended[key].map { Int($0.prefix { $0 != "." }) } ?? header.number(field)
        guard let number = given, number >= 0 || key == "mtime" else { throw failure("a header with a broken \(key)") }
        return number
    }

    private mutating func readRecords(_ records: ArraySlice<UInt8>) throws(TarError) {
        var rest = records
        while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
            let digits = String(decoding: rest[..<space], as: UTF8.self)
            guard let length = Int(digits), length > digits.utf8.count + 1, length <= rest.count else {
                throw failure("a broken extended header")
            }
            let record = rest[space...].dropFirst().prefix(length - digits.utf8.count - 2)
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            extended[key] = String(decoding: record[equals...].dropFirst(), as: UTF8.self)
        }
    }

    private static func name(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func failure(_ reason: String) -> TarError {
        TarError(offset: offset, reason: reason)
    }
}
