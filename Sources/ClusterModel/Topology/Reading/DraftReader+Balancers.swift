extension DraftReader {
    static let balancerKeys = [
        "name", "container_name", "ip_address", "port", "pcp_port", "rest_api_port", "image", "driver", "config",
        "pool",
        "settings",
        "primary", "replicas", "hold", "sync", "when_short",
    ]
    static let nodeKeys = ["node_id", "host", "port", "container_name", "ip_address", "image", "weight", "settings"]

    mutating func balancer(_ value: Document, path: String) -> BalancerDraft {
        var draft = BalancerDraft()
        guard let section = Section(value, path: path, problems: &problems) else { return draft }
        section.expect(Self.balancerKeys, problems: &problems)
        draft.promise = promise(in: section)
        if section["name"] == nil {
            problems.note(section.path("name"), nil, "a balancer needs a name", "for example \"lb1\"")
        }
        draft.name = name("name", in: section, most: Names.longestBalancer)
        if let name = draft.name, Names.reservedBalancers.contains(name) {
            problems.note(section.path("name"), .string(name), "pgbc uses this name itself", "choose another one")
        }
        draft.containerName = containerName(in: section)
        draft.address = address("ip_address", in: section)
        draft.port = port("port", in: section)
        draft.pcpPort = port("pcp_port", in: section)
        draft.restPort = port("rest_api_port", in: section)
        draft.image = image(in: section)
        let driver = driver(in: section, image: draft.image)
        draft.driver = driver == BalancerDriver(image: draft.image) ? nil : driver
        draft.parameters = parameters(in: section, driver: driver)
        draft.settings = settings(in: section)
        if let value = section["primary"] {
            draft.primary = node(value, path: section.path("primary"))
        }
        replicas(in: section, into: &draft)
        return draft
    }

    /// Left out, `replicas` means one: a balancer without any can neither balance nor fail over.
    private mutating func replicas(in section: Section, into draft: inout BalancerDraft) {
        let path = section.path("replicas")
        let value = section["replicas"] ?? .integer(1)
        let most = NodeSpec.ids.upperBound
        switch value {
        case .array(let elements) where elements.count <= most:
            draft.replicas = elements.enumerated().map { node($1, path: "\(path)[\($0)]") }
        case .array(let elements):
            problems.note(
                path,
                nil,
                "a balancer can have at most \(most) replicas, not \(elements.count)",
                "add another balancer"
            )
        case .object([]): break
        default:
            guard let count = value.wholeNumber else {
                problems.note(path, value, "must be a list of replicas or their number, not \(value.kind)")
                return
            }
            guard (0...most).contains(count) else {
                problems.note(path, value, "must be from 0 to \(most)", count > most ? "add another balancer" : nil)
                return
            }
            draft.replicas = Array(repeating: NodeDraft(), count: count)
        }
    }

    private mutating func node(_ value: Document, path: String) -> NodeDraft {
        var draft = NodeDraft()
        guard let section = Section(value, path: path, problems: &problems) else { return draft }
        section.expect(Self.nodeKeys, problems: &problems)
        // Any node may be the first that is named: the one that the cluster began with, which has 0, may have become a replica.
        let ids = NodeSpec.ids
        let rule = "a node's id is a whole number from \(ids.lowerBound) to \(ids.upperBound)"
        draft.id = section.wholeNumber("node_id", in: ids, problems: &problems, must: rule)
        draft.host = host(in: section)
        draft.port = port("port", in: section)
        draft.containerName = containerName(in: section)
        draft.address = address("ip_address", in: section)
        draft.image = image(in: section)
        draft.weight = weight(in: section)
        draft.settings = settings(in: section)
        return draft
    }

    private mutating func weight(in section: Section) -> Double? {
        let number: Double
        switch section["weight"] {
        case nil: return nil
        case .integer(let value): number = Double(value)
        case .number(let value): number = value
        case let value?:
            problems.note(section.path("weight"), value, "must be a number, not \(value.kind)")
            return nil
        }
        // The balancer's own limit.
        guard (0...100_000_000).contains(number) else {
            problems.note(
                section.path("weight"),
                section["weight"],
                "must be from 0 to 100000000",
                "0 keeps reads away from the node"
            )
            return nil
        }
        return number
    }
}
