internal import ClusterModel
internal import Orchestration

/// What a journal remembers of a cluster, to see on the next day whether somebody else has changed it.
enum World {
    /// What the cluster was asked to be last; null when it does not exist.
    static func seen(_ cluster: String, by orchestrator: Orchestrator) async -> Document? {
        guard let observed = try? await orchestrator.backend.observeAsLeft(cluster) else { return nil }
        return observed.isAbsent ? .null : observed.topology?.document ?? .object([])
    }

    /// Throws when a cluster is no longer what the run left.
    static func check(_ past: JournalPast, by orchestrator: Orchestrator) async throws {
        let unsettled = Set(past.open.values.compactMap(\.cluster))
        var differences: [String] = []
        for (cluster, then) in past.worlds.sorted(by: { $0.key < $1.key }) where !unsettled.contains(cluster) {
            let observed = try await orchestrator.backend.observe(cluster, depth: .control)
            let now = observed.isAbsent ? Document.null : observed.topology?.document ?? .object([])
            differences += then.differences(from: now, at: cluster)
        }
        guard !differences.isEmpty else { return }
        throw ClusterError(
            .conflict,
            operation: "resume \(past.header.id)",
            message: "somebody has changed what the run left",
            advice: "--anyway goes on all the same; or run the script anew",
            details: Array(differences.prefix(8))
        )
    }
}

extension Document {
    /// Sentences on what is different now, each with its place.
    fileprivate func differences(from now: Document, at place: String) -> [String] {
        switch (self, now) {
        case (.null, .null): []
        case (.null, _): ["\(place): did not exist, and exists now"]
        case (_, .null): ["\(place): does not exist any more"]
        case (.object(let then), .object(let now)):
            Self.keys(then, now).flatMap { key in
                (self[key] ?? .null).difference(from: Document.object(now)[key] ?? .null, at: "\(place).\(key)")
            }
        default: difference(from: now, at: place)
        }
    }

    private func difference(from now: Document, at place: String) -> [String] {
        switch (self, now) {
        case (.object, .object): differences(from: now, at: place)
        case (.array(let then), .array(let present)) where then.count == present.count:
            zip(then, present).enumerated().flatMap { $1.0.difference(from: $1.1, at: "\(place)[\($0 + 1)]") }
        case (.array(let then), .array(let present)):
            ["\(place): was a list of \(then.count), and is one of \(present.count)"]
        case (let then, let present) where then.json() == present.json(): []
        default: ["\(place): was \(json()), and is \(now.json())"]
        }
    }

    private static func keys(_ left: [Member], _ right: [Member]) -> [String] {
        left.map(\.key) + right.map(\.key).filter { key in !left.contains { $0.key == key } }
    }
}
