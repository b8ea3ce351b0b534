/// A tar archive in memory: built from files and directories, or read back from bytes.
///
/// What is written is ustar, with a pax header in front of an entry whose path or owner does not fit. Read are ustar, pax and the
/// long names of GNU tar.
public struct TarArchive: Sendable, Equatable {
    /// One file, directory or symbolic link.
    public struct Entry: Sendable, Equatable {
        /// What an entry is.
        public enum Kind: Sendable, Equatable {
            /// A file; its contents are the entry's.
            case file
            /// A directory; what is in it are entries of their own.
            case directory
            /// A symbolic link to a path.
            case symbolicLink(target: String)
            /// A hard link to the path of an earlier entry.
            case hardLink(target: String)
            /// A device, a pipe or something else, by tar's letter for it.
            case other(UInt8)
        }

        /// The path, without a leading or closing slash.
        public var path: String
        /// What it is.
        public var kind: Kind
        /// Permission bits, as in `0o644`.
        public var mode: Int
        /// The owner's number.
        public var uid: Int
        /// The group's number.
        public var gid: Int
        /// The last change, in seconds since 1970.
        public var modified: Int
        /// A file's bytes; empty for anything else.
        public var contents: [UInt8]
    }

    /// The entries in their order.
    public private(set) var entries: [Entry] = []

    /// An archive without entries.
    public init() {}

    init(entries: [Entry]) {
        self.entries = entries
    }

    /// Adds a file.
    public mutating func addFile(
        _ path: String,
        _ contents: [UInt8],
        mode: Int = 0o644,
        uid: Int = 0,
        gid: Int = 0,
        modified: Int = 0
    ) {
        add(path, .file, mode: mode, uid: uid, gid: gid, modified: modified, contents: contents)
    }

    /// Adds a file with text in UTF-8.
    public mutating func addFile(
        _ path: String,
        text: String,
        mode: Int = 0o644,
        uid: Int = 0,
        gid: Int = 0,
        modified: Int = 0
    ) {
        addFile(path, Array(text.utf8), mode: mode, uid: uid, gid: gid, modified: modified)
    }

    /// Adds a directory.
    public mutating func addDirectory(
        _ path: String,
        mode: Int = 0o755,
        uid: Int = 0,
        gid: Int = 0,
        modified: Int = 0
    ) {
        add(path, .directory, mode: mode, uid: uid, gid: gid, modified: modified)
    }

    /// Adds a symbolic link.
    public mutating func addSymbolicLink(_ path: String, to target: String, uid: Int = 0, gid: Int = 0) {
        add(path, .symbolicLink(target: target), mode: 0o777, uid: uid, gid: gid, modified: 0)
    }

    /// The contents of the file at the path; nil where there is none.
    public func file(_ path: String) -> [UInt8]? {
        let wanted = Self.trimmed(path)
        return entries.last { $0.path == wanted && $0.kind == .file }?.contents
    }

    private mutating func add(
        _ path: String,
        _ kind: Entry.Kind,
        mode: Int,
        uid: Int,
        gid: Int,
        modified: Int,
        contents: [UInt8] = []
    ) {
        let entry = Entry(
            path: Self.trimmed(path),
            kind: kind,
            mode: mode,
            uid: uid,
            gid: gid,
            modified: modified,
            contents: contents
        )
        entries.append(entry)
    }

    /// A path as entries carry it: without `./` in front, and without a slash at either end.
    static func trimmed(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}

/// Bytes that are no tar archive.
public struct TarError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where in the archive, in bytes from its beginning.
    public var offset: Int
    /// What is wrong there.
    public var reason: String

    /// One sentence.
    public var description: String { "not a tar archive: \(reason) at byte \(offset)" }
}
