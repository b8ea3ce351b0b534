public import ClusterModel

extension DryRunReport: CustomStringConvertible {
    /// For people: the changes with their causes, how it would be afterwards, and what is not known.
    public var description: String {
        var lines = changes.isEmpty ? ["nothing would be changed"] : [headline] + changes.lines
        let clusters = end.filter { cluster in changes.contains { $0.cluster == cluster.name } }
        if !clusters.isEmpty { lines += ["", "afterwards:"] + clusters.flatMap(\.lines).map { "  \($0)" } }
        if !unknown.isEmpty { lines += ["", "not known beforehand:"] + unknown.map { "  \($0)" } }
        return lines.joined(separator: "\n")
    }

    private var headline: String {
        "\(changes.count == 1 ? "1 change" : "\(changes.count) changes") would be made; nothing was changed:"
    }

    /// The report as scripts and `--json` see it.
    public var document: Document {
        [
            "changes": .array(changes.map(\.document)),
            "end": .array(end.map(\.document)),
            "unknown": .array(unknown.map(Document.string)),
        ]
    }
}

extension DryRunReport.Change {
    fileprivate var document: Document {
        [
            "cluster": cluster.isEmpty ? .null : .string(cluster), "title": .string(title), "cause": .string(cause),
            "destructive": .boolean(isDestructive), "problem": problem.map(Document.string) ?? .null,
        ]
    }
}

extension [DryRunReport.Change] {
    fileprivate var lines: [String] {
        let width = map(\.title.count).max() ?? 0
        return map { change in
            let padding = String(repeating: " ", count: width - change.title.count)
            let problem = change.problem.map { "  FAILS: \($0)" } ?? ""
            return "\(change.isDestructive ? "-" : "+") \(change.title)\(padding)  because \(change.cause)\(problem)"
        }
    }
}

extension ObservedCluster {
    fileprivate var lines: [String] {
        if isAbsent { return ["\(name) is gone"] }
        return balancers.map { balancer in
            let primary = balancer.primary?.spec.host ?? "no primary"
            let replicas = balancer.replicas.map(\.spec.host)
            let others = replicas.isEmpty ? "no replica" : replicas.joined(separator: ", ")
            return "\(balancer.spec.name): \(primary), replicated by \(others)"
        } + findings.map(\.sentence)
    }
}

extension TrialReport: CustomStringConvertible {
    /// For people: what was run, and the first failure with what repeats it.
    public var description: String {
        let counts = runs.map { "\($0.count) \($0.sort)" }.joined(separator: ", ")
        let all = runs.map(\.count).reduce(0, +)
        var lines = ["\(all) runs (\(counts)), \(calls) calls of primitives, \(Int(seconds)) simulated seconds"] + notes
        guard let failure else { return (lines + ["all invariants held"]).joined(separator: "\n") }
        lines += ["", "FAILED: \(failure.story)"] + failure.violations.map { "  \($0)" }
        lines += ["", "what happened:"] + failure.history.map { "  \($0)" }
        return (lines + ["", "again: --replay '\(failure.replay)'"]).joined(separator: "\n")
    }

    /// The report as scripts and `--json` see it.
    public var document: Document {
        [
            "passed": .boolean(failure == nil),
            "runs": .array(runs.map { ["sort": .string($0.sort), "count": .integer($0.count)] }),
            "calls": .integer(calls),
            "simulated_seconds": .number(seconds),
            "notes": .array(notes.map(Document.string)),
            "failure": failure.map(\.document) ?? .null,
        ]
    }
}

extension TrialReport.Failure {
    fileprivate var document: Document {
        [
            "story": .string(story), "violations": .array(violations.map(Document.string)),
            "history": .array(history.map(Document.string)), "replay": .string(replay),
        ]
    }
}
