extension Topology {
    /// This topology with some values of a balancer, or of one of its nodes, changed; checked as a whole, as a file would be.
    ///
    /// - Parameters:
    ///   - node: a node's host or container name; `nil` for the balancer and all of its nodes.
    ///   - changes: postgresql.conf settings, and the topology's own keys: `hold`, `sync`, `when_short` and `pool` of a balancer, `weight` of a
    ///     node. A value of null takes a setting out.
    public func changing(
        balancer: String,
        node: String? = nil,
        _ changes: [Document.Member]
    ) throws(InvalidTopology) -> Topology {
        // What is running has the drivers that it has, whoever changes something else of it.
        let drivers = BalancerDrivers(adding: balancers.compactMap(\.namedDriver))
        let edited = document.editingElement("balancers", where: { $0["name"] == .string(balancer) }) { found in
            node.map { found.changingNode($0, changes) } ?? found.changingBalancer(changes)
        }
        return try Topology.load(edited, source: "the change of \(node ?? balancer)", running: self, drivers: drivers)
    }
}

extension Topology {
    /// Whether a change of that key is one of PostgreSQL's settings.
    public static func isSetting(_ key: String) -> Bool {
        !(Document.balancerKeys + ["pool", "config", "weight"]).contains(key)
    }
}

extension Document {
    fileprivate static let balancerKeys = ["hold", "sync", "when_short"]

    fileprivate func changingBalancer(_ changes: [Member]) -> Document {
        var result = self
        for change in changes {
            if Self.balancerKeys.contains(change.key) {
                result = result.setting(change.key, change.value)
            } else if ["pool", "config"].contains(change.key), case .object(let parameters) = change.value {
                result = parameters.reduce(result) { $0.setting($1.key, $1.value, in: "config") }
            } else {
                result = result.setting(change.key, change.value, in: "settings").withoutOwn(change.key)
            }
        }
        return result
    }

    fileprivate func changingNode(_ name: String, _ changes: [Member]) -> Document {
        let isNode: (Document) -> Bool = { $0["host"] == .string(name) || $0["container_name"] == .string(name) }
        let edit: (Document) -> Document = { node in
            changes.reduce(node) { node, change in
                change.key == "weight"
                    ? node.setting("weight", change.value) : node.setting(change.key, change.value, in: "settings")
            }
        }
        if let primary = self["primary"], isNode(primary) { return setting("primary", edit(primary)) }
        return editingElement("replicas", where: isNode, edit)
    }

    /// Without a setting that single nodes have for themselves: the balancer's is to hold for all of them.
    private func withoutOwn(_ name: String) -> Document {
        var result = self
        if let primary = result["primary"] {
            result = result.setting("primary", primary.setting(name, .null, in: "settings"))
        }
        return result.editingElement("replicas", where: { _ in true }) { $0.setting(name, .null, in: "settings") }
    }

    /// An object with one key set; null takes it out.
    private func setting(_ key: String, _ value: Document) -> Document {
        guard case .object(var members) = self else { return self }
        guard value != .null else { return .object(members.filter { $0.key != key }) }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index] = Member(key, value)
        } else {
            members.append(Member(key, value))
        }
        return .object(members)
    }

    /// An object with one key of an inner object set.
    private func setting(_ key: String, _ value: Document, in section: String) -> Document {
        let inner = self[section] ?? .object([])
        let changed = inner.setting(key, value)
        return changed == .object([]) ? setting(section, .null) : setting(section, changed)
    }

    /// An object with those elements of a list replaced that a condition holds for.
    fileprivate func editingElement(
        _ key: String,
        where matches: (Document) -> Bool,
        _ edit: (Document) -> Document
    ) -> Document {
        guard case .array(let elements)? = self[key] else { return self }
        return setting(key, .array(elements.map { matches($0) ? edit($0) : $0 }))
    }
}
