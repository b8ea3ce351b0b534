extension Topology {
    /// This topology with everything spelled out, under the keys that `load` reads; it loads back to an equal one.
    public var document: Document {
        var members: [Document.Member] = [.init("cluster_name", .string(name)), .init("network", network.document)]
        if bindAddress != Self.defaultBindAddress { members.append(.init("bind_address", .string(bindAddress))) }
        members.add("image", image)
        members.add("settings", settings)
        members.append(.init("balancers", .array(balancers.map { $0.document(inherited: settings) })))
        return .object(members)
    }

    /// This topology as a Lua file.
    public var lua: String {
        guard case .object(let members) = document else { return "" }
        let own = members.filter { $0.key != "cluster_name" && $0.key != "balancers" }
            .map { "  \($0.key) = \($0.value.lua(indentation: 1)),\n" }
        let fronts = balancers.map { balancer -> String in
            guard case .object(let members) = balancer.document(inherited: settings) else { return "" }
            let inner = Document.object(members.filter { $0.key != "name" })
            return "  balancer \(balancer.name.luaQuoted) \(inner.lua(indentation: 1)),\n"
        }
        return "return cluster \(name.luaQuoted) {\n\(own.joined())\(fronts.joined())}\n"
    }
}

extension NetworkSpec {
    fileprivate var document: Document {
        var members: [Document.Member] = [.init("name", .string(name)), .init("subnet", .string("\(subnet)"))]
        if gateway != subnet.defaultGateway { members.append(.init("gateway", .string("\(gateway)"))) }
        return .object(members)
    }
}

extension BalancerSpec {
    fileprivate func document(inherited: [String: String]) -> Document {
        let merged = inherited.merging(settings) { $1 }
        var members: [Document.Member] = [
            .init("name", .string(name)), .init("container_name", .string(containerName)),
            .init("ip_address", .string("\(address)")), .init("port", .integer(port)),
            .init("pcp_port", .integer(pcpPort)),
            .init("rest_api_port", .integer(restPort)),
        ]
        members.add("image", image)
        members.add("driver", namedDriver?.name)
        if !parameters.isEmpty { members.append(.init("config", parameterDocument)) }
        members.add("settings", settings)
        if hold { members.append(.init("hold", true)) }
        if sync > 0 { members.append(.init("sync", .integer(sync))) }
        if whenShort != .wait { members.append(.init("when_short", .string(whenShort.rawValue))) }
        // Another than 0 once the node that the cluster began with was removed.
        let id = primary.id == 0 ? [] : [Document.Member("node_id", .integer(primary.id))]
        members.append(.init("primary", .object(id + primary.members(inherited: merged))))
        let replicas = replicas.map { replica in
            Document.object([.init("node_id", .integer(replica.id))] + replica.members(inherited: merged))
        }
        members.append(.init("replicas", .array(replicas)))
        return .object(members)
    }

    /// In the order of the balancer's sample file; whole numbers as numbers.
    private var parameterDocument: Document {
        let table = BalancerParameterTable.shared
        let sorted = parameters.sorted { (table.place(of: $0.key), $0.key) < (table.place(of: $1.key), $1.key) }
        return .object(
            sorted.map { name, value in
                let isNumber =
                    if case .integer? = BalancerParameter.named(name, driver: driver)?.type { true } else { false }
                return .init(name, isNumber ? Int(value).map(Document.integer) ?? .string(value) : .string(value))
            }
        )
    }
}

extension NodeSpec {
    /// Without the id, and without the settings that come from the balancer or the cluster.
    fileprivate func members(inherited: [String: String]) -> [Document.Member] {
        var members: [Document.Member] = [
            .init("host", .string(host)), .init("port", .integer(port)),
            .init("container_name", .string(containerName)),
            .init("ip_address", .string("\(address)")),
        ]
        members.add("image", image)
        if weight != 1 {
            members.append(.init("weight", Int(exactly: weight).map(Document.integer) ?? .number(weight)))
        }
        members.add("settings", settings.filter { inherited[$0.key] != $0.value })
        return members
    }
}

extension [Document.Member] {
    fileprivate mutating func add(_ key: String, _ text: String?) {
        if let text { append(.init(key, .string(text))) }
    }

    fileprivate mutating func add(_ key: String, _ settings: [String: String]) {
        guard !settings.isEmpty else { return }
        append(.init(key, .object(settings.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })))
    }
}
