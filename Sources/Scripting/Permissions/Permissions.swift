internal import ClusterModel
internal import Foundation
public import Orchestration

/// What a script may reach outside of its clusters: nothing that was not granted.
public struct Permissions: Sendable, Equatable {
    /// What can be granted.
    public enum Kind: String, Sendable, CaseIterable {
        /// Reading below a path.
        case read
        /// Writing below a path.
        case write
        /// Starting a program.
        case run
        /// Sending to a host, on any port or on one: `net=HOST`, `net=HOST:PORT`.
        case net
        /// Reading a variable of the environment.
        case env
    }

    /// One grant; without a value it is for all of its kind.
    struct Grant: Sendable, Equatable {
        let kind: Kind
        let value: String?

        var word: String { value.map { "\(kind.rawValue)=\($0)" } ?? kind.rawValue }
    }

    let grants: [Grant]

    /// Nothing at all.
    public static let none = Permissions(grants: [])

    private init(grants: [Grant]) { self.grants = grants }

    /// Reads grants as they are given to `--allow`: `read=PATH`, `run=psql,env=HOME`, `net`.
    public init(_ words: [String]) throws(ClusterError) {
        var grants: [Grant] = []
        for word in words.flatMap(Self.parts) { grants.append(try Self.grant(word)) }
        self.grants = grants
    }

    /// The grants as they are written.
    public var words: [String] { grants.map(\.word) }

    private static func grant(_ word: String) throws(ClusterError) -> Grant {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let kind = Kind(rawValue: parts[0]), parts.count == 1 || !parts[1].isEmpty else {
            let kinds = Kind.allCases.map(\.rawValue)
            throw ClusterError(
                .invalid,
                operation: "allow \(word)",
                message: parts[0].nearest(in: kinds).map { "did you mean \($0)=…?" } ?? "there is no such permission",
                advice: "--allow takes read=PATH, write=PATH, run=PROGRAM, net=HOST[:PORT], env=NAME"
            )
        }
        return Grant(kind: kind, value: parts.count == 2 ? parts[1] : nil)
    }

    /// A comma separates grants only in front of another one: a path may have commas.
    private static func parts(of word: String) -> [String] {
        word.split(separator: ",", omittingEmptySubsequences: false).reduce(into: []) { parts, next in
            let name = next.prefix { $0 != "=" }
            if Kind(rawValue: String(name)) == nil, let last = parts.popLast() {
                parts.append("\(last),\(next)")
            } else {
                parts.append(String(next))
            }
        }
    }
}

extension Permissions {
    /// Whether it was granted.
    func covers(_ kind: Kind, _ value: String, in folder: ScriptFolder) -> Bool {
        grants.contains { $0.kind == kind && $0.covers(value, in: folder) }
    }

    /// Throws an error that names the flag that grants it.
    func check(_ kind: Kind, _ value: String, doing operation: String, in folder: ScriptFolder) throws(ClusterError) {
        guard !covers(kind, value, in: folder) else { return }
        throw ClusterError(
            .invalid,
            operation: operation,
            message: "this run may not",
            advice: "--allow \(kind.rawValue)=\(value) grants it"
        )
    }
}

extension Permissions.Grant {
    func covers(_ wanted: String, in folder: ScriptFolder) -> Bool {
        guard let value else { return true }
        switch kind {
        case .read, .write: return folder.real(wanted).isWithin(folder.real(value))
        case .net:
            let (granted, wanted) = (value.lowercased(), wanted.lowercased())
            return granted == wanted || wanted.hostWithoutPort == granted
        case .run, .env: return value == wanted
        }
    }
}

extension ScriptFolder {
    /// The absolute path behind all symbolic links and dots, also of a file that does not exist yet.
    func real(_ name: String) -> String {
        real(name, followed: 0)
    }

    private func real(_ name: String, followed links: Int) -> String {
        let url = URL(fileURLWithPath: absolute(name)).standardizedFileURL
        if FileManager.default.fileExists(atPath: url.path) { return url.resolvingSymlinksInPath().path }
        let parent = url.deletingLastPathComponent()
        if parent.path == url.path { return url.path }
        let above = real(parent.path, followed: links)
        let path = (above.hasSuffix("/") ? above : above + "/") + url.lastPathComponent
        // A link to what does not exist yet: writing to it makes that. As many as the system follows.
        guard links < 40, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
            return path
        }
        return real(target.hasPrefix("/") ? target : "\(above)/\(target)", followed: links + 1)
    }
}

extension String {
    /// `host` for `host:80`, and `[::1]` for `[::1]:80`.
    fileprivate var hostWithoutPort: String? {
        guard let colon = lastIndex(of: ":"), self[index(after: colon)...].allSatisfy(\.isNumber) else { return nil }
        return String(self[..<colon])
    }

    fileprivate func isWithin(_ folder: String) -> Bool {
        self == folder || hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }
}
