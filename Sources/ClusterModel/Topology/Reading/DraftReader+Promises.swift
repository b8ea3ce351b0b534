extension DraftReader {
    /// What a balancer promises its clients, or a cluster those of all its balancers.
    mutating func promise(in section: Section) -> PromiseDraft {
        let sync = section.wholeNumber(
            "sync",
            in: 0...NodeSpec.ids.upperBound,
            problems: &problems,
            must: "is the number of replicas that must have each transaction, from 0 to \(NodeSpec.ids.upperBound)",
            "0 for none, 1 to lose nothing when one node fails"
        )
        return PromiseDraft(
            hold: hold(in: section),
            sync: sync,
            whenShort: whenShort(in: section),
            syncPath: sync == nil ? nil : section.path("sync")
        )
    }

    private mutating func hold(in section: Section) -> Bool? {
        guard let value = section["hold"] else { return nil }
        if case .boolean(let hold) = value { return hold }
        problems.note(section.path("hold"), value, "must be true or false, not \(value.kind)")
        return nil
    }

    private mutating func whenShort(in section: Section) -> ShortOfReplicas? {
        let words = ShortOfReplicas.allCases.map(\.rawValue)
        guard let value = section["when_short"] else { return nil }
        guard let text = value.text else {
            problems.note(section.path("when_short"), value, "must be a string, not \(value.kind)")
            return nil
        }
        if let known = ShortOfReplicas(rawValue: text) { return known }
        let hint = text.nearest(in: words).map { "did you mean \"\($0)\"?" }
        problems.note(
            section.path("when_short"),
            value,
            "must be \"wait\" (writes wait for a replica) or \"degrade\" (they go on without one)",
            hint
        )
        return nil
    }
}
