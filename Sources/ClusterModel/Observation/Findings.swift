/// One thing that is not as it should be, as a plain sentence.
public struct Finding: Sendable, Equatable {
    /// The sort of thing, stable, for programs: `node_down`.
    public var kind: String
    /// The container, balancer or cluster that it is about.
    public var subject: String
    /// What is wrong: "replica1 is exited".
    public var sentence: String
    /// What to do about it.
    public var advice: String?

    /// A finding.
    public init(_ kind: String, _ subject: String, _ sentence: String, advice: String? = nil) {
        self.kind = kind
        self.subject = subject
        self.sentence = sentence
        self.advice = advice
    }

    /// The finding as scripts and `--json` see it.
    public var document: Document {
        [
            "kind": .string(kind),
            "subject": .string(subject),
            "sentence": .string(sentence),
            "advice": advice.map(Document.string) ?? .null,
        ]
    }
}

extension ObservedCluster {
    /// Everything that is not as it should be: the cluster as a whole first, then each balancer with its nodes. Of a cluster that is
    /// being destroyed nothing else is to be mended.
    public var findings: [Finding] {
        guard !isBeingDestroyed else { return [unfinishedDestroy] }
        return wholeFindings + balancers.flatMap { $0.findings(cluster: name) }
    }

    private var unfinishedDestroy: Finding {
        Finding(
            "destroy_unfinished",
            name,
            "a destroy of \(name) was begun and not finished",
            advice: "pgbc destroy \(name) completes it"
        )
    }

    private var wholeFindings: [Finding] {
        var findings: [Finding] = []
        if let lockedBy {
            findings.append(Finding("locked", name, "\(name) is being worked on by \(lockedBy)"))
        }
        if let topology, network == nil {
            findings.append(
                Finding(
                    "network_missing",
                    topology.network.name,
                    "the network \(topology.network.name) is gone",
                    advice: "pgbc apply \(name) creates it again"
                )
            )
        }
        for stray in strays {
            findings.append(
                Finding(
                    "stray_container",
                    stray.name,
                    "the container \(stray.name) was left behind by an interrupted run",
                    advice: "pgbc apply \(name) removes it"
                )
            )
        }
        if let watcher, watcher.state != .running {
            findings.append(
                Finding(
                    "watcher_down",
                    watcher.name,
                    "the watcher \(watcher.name) is \(watcher.state.rawValue)",
                    advice: "pgbc watch \(name) --install makes it anew"
                )
            )
        }
        if topology == nil, !isAbsent {
            findings.append(
                Finding(
                    "topology_missing",
                    name,
                    "nothing on the engine says what \(name) shall be",
                    advice: "run init with its configuration file, or pgbc destroy \(name)"
                )
            )
        }
        return findings
    }
}
