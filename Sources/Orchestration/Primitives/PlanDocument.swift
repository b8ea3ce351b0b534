internal import ClusterModel

extension Plan {
    /// The plan as scripts and `--json` see it; `text` is how it reads.
    var document: Document {
        ["cluster": .string(cluster), "steps": .array(steps.map(\.document)), "text": .string(description)]
    }
}

extension Step {
    fileprivate var document: Document {
        [
            "id": .string(id),
            "change": .string(isDestructive ? "-" : "+"),
            "title": .string(title),
            "cause": .string(cause),
            "after": .array(dependencies.map(Document.string)),
        ]
    }
}
