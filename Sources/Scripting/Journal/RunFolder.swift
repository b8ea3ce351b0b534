public import ClusterModel
internal import Foundation
internal import Orchestration

/// The folder in which this user's runs are kept, one file each.
public struct RunFolder: Sendable {
    /// Its path.
    public let path: String
    /// How many runs are kept.
    public static let capacity = 200

    /// A folder, which is made when the first run is kept.
    public init(_ path: String) { self.path = path }

    /// `$XDG_STATE_HOME/pgbc/runs`, or `~/.local/state/pgbc/runs`; `nil` where neither is known, and with `PGBC_JOURNAL=off`.
    public init?(environment: [String: String]) {
        guard environment["PGBC_JOURNAL"] != "off" else { return nil }
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let base = state ?? environment["HOME"].map({ "\($0)/.local/state" }), base.hasPrefix("/") else {
            return nil
        }
        self.init("\(base)/pgbc/runs")
    }

    /// A journal for a run that starts now.
    public func begin(_ header: RunHeader) -> RunJournal {
        RunJournal(beginning: header, in: FileJournalStore(path: file(header.id)), folder: self)
    }

    /// What a run that was cut, interrupted, or that failed goes on with.
    ///
    /// - Parameter ignoringTheWorld: goes on although somebody has changed the clusters in between.
    public func resume(
        _ id: String,
        doubt: RunJournal.Doubt = .refuse,
        ignoringTheWorld: Bool = false
    ) throws -> RunJournal {
        let id = try find(id)
        if try past(id).header.isSession { throw ClusterError.sessionIsNoScript(id) }
        let store = FileJournalStore(path: file(id))
        try store.claim()
        if try past(id).outcome?["outcome"]?.text == "done" {
            throw ClusterError(
                .invalid,
                operation: "resume \(id)",
                message: "it has reached its end",
                advice: "run the script anew"
            )
        }
        return try RunJournal(resuming: store, doubt: doubt, ignoringTheWorld: ignoringTheWorld)
    }

    /// What a run was started with.
    public func header(_ id: String) throws -> RunHeader { try past(try find(id)).header }

    /// One row for each run, the newest first: `{id, time, command, arguments, state, message}`.
    public func list() -> Document {
        .array(names.reversed().compactMap { try? past($0).row(isRunning: isRunning($0)) })
    }

    /// Everything that a journal says, in order: `{run, script, …, requests}`.
    public func show(_ id: String) throws -> Document {
        let id = try find(id)
        return try past(id).account(isRunning: isRunning(id))
    }

    /// The whole name of a run: that itself, its beginning, or `last`.
    func find(_ id: String) throws(ClusterError) -> String {
        let known = names
        if id == "last", let last = known.last { return last }
        let matching = known.filter { $0 == id || $0.hasPrefix(id) || $0.hasSuffix("-\(id)") }
        if matching.count == 1 || matching.contains(id) { return matching.contains(id) ? id : matching[0] }
        throw ClusterError(
            .notFound,
            operation: "find the run \(id)",
            message: matching.isEmpty ? "there is none of this name" : "\(matching.count) runs begin like this",
            advice: "pgbc runs lists them"
        )
    }

    private func past(_ id: String) throws -> JournalPast {
        try JournalPast(try FileJournalStore.read(file(id)), source: id)
    }

    private func isRunning(_ id: String) -> Bool { FileJournalStore.isInUse(file(id)) }

    private func file(_ id: String) -> String { "\(path)/\(id).journal" }

    private var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.filter { $0.hasSuffix(".journal") }.map { String($0.dropLast(8)) }.sorted()
    }
}

extension RunFolder {
    /// Makes the folder, for this user only, and takes the oldest runs away beyond ``capacity``.
    func prepare() throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        for name in names.dropLast(Self.capacity - 1) where !isRunning(name) {
            try? FileManager.default.removeItem(atPath: file(name))
        }
    }
}

extension ClusterError {
    fileprivate static func sessionIsNoScript(_ id: String) -> ClusterError {
        ClusterError(
            .invalid,
            operation: "resume \(id)",
            message: "it was a session at the prompt (pgbc repl), which has no script to go on with",
            advice: "pgbc runs show \(id) prints what was typed and what came of it; what is missing can be typed again"
        )
    }
}
