extension TarArchive {
    /// The archive as bytes, closed by two empty blocks.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries { entry.write(to: &bytes) }
        bytes += [UInt8](repeating: 0, count: 2 * TarHeader.size)
        return bytes
    }
}

extension TarArchive.Entry {
    func write(to bytes: inout [UInt8]) {
        var header = TarHeader()
        var extended: [(key: String, value: String)] = []
        writePath(&header, &extended)
        writeLink(&header, &extended)
        header.put(mode & 0o7777, TarHeader.Field.mode)
        if !header.put(uid, TarHeader.Field.uid) { extended.append(("uid", "\(uid)")) }
        if !header.put(gid, TarHeader.Field.gid) { extended.append(("gid", "\(gid)")) }
        if !header.put(contents.count, TarHeader.Field.size) { extended.append(("size", "\(contents.count)")) }
        if !header.put(modified, TarHeader.Field.modified) { extended.append(("mtime", "\(modified)")) }
        header.kind = letter
        header.seal()
        if !extended.isEmpty { Self.writeExtended(extended, to: &bytes) }
        Self.write(header, contents, to: &bytes)
    }

    private var letter: UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardLink: UInt8(ascii: "1")
        case .symbolicLink: UInt8(ascii: "2")
        case .directory: UInt8(ascii: "5")
        case .other(let letter): letter
        }
    }

    private func writePath(_ header: inout TarHeader, _ extended: inout [(key: String, value: String)]) {
        let full = kind == .directory ? path + "/" : path
        if full.utf8.count <= TarHeader.Field.name.count, full.isASCII {
            header.put(full, TarHeader.Field.name)
        } else if full.isASCII, let slash = Self.split(full) {
            header.put(String(full[..<slash]), TarHeader.Field.prefix)
            header.put(String(full[full.index(after: slash)...]), TarHeader.Field.name)
        } else {
            extended.append(("path", full))
        }
    }

    private func writeLink(_ header: inout TarHeader, _ extended: inout [(key: String, value: String)]) {
        switch kind {
        case .symbolicLink(let target), .hardLink(let target):
            if target.utf8.count <= TarHeader.Field.link.count, target.isASCII {
                header.put(target, TarHeader.Field.link)
            } else {
                extended.append(("linkpath", target))
            }
        case .file, .directory, .other: break
        }
    }

    /// The slash at which prefix and name both fit.
    private static func split(_ path: String) -> String.Index? {
        path.indices.first { index in
            path[index] == "/" && index > path.startIndex
                && path[..<index].utf8.count <= TarHeader.Field.prefix.count
                && (1...TarHeader.Field.name.count).contains(path[index...].utf8.count - 1)
        }
    }

    private static func writeExtended(_ records: [(key: String, value: String)], to bytes: inout [UInt8]) {
        let contents = Array(records.map { record($0.key, $0.value) }.joined().utf8)
        var header = TarHeader()
        header.put("pax", TarHeader.Field.name)
        header.put(0o644, TarHeader.Field.mode)
        header.put(contents.count, TarHeader.Field.size)
        header.kind = UInt8(ascii: "x")
        header.seal()
        write(header, contents, to: &bytes)
    }

    /// `LENGTH KEY=VALUE` and a line's end; the length counts its own digits.
    private static func record(_ key: String, _ value: String) -> String {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count
        while length != rest.utf8.count + "\(length)".utf8.count {
            length = rest.utf8.count + "\(length)".utf8.count
        }
        return "\(length)\(rest)"
    }

    private static func write(_ header: TarHeader, _ contents: [UInt8], to bytes: inout [UInt8]) {
        bytes += header.bytes
        bytes += contents
        let rest = contents.count % TarHeader.size
        if rest > 0 { bytes += [UInt8](repeating: 0, count: TarHeader.size - rest) }
    }
}

extension String {
    fileprivate var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
