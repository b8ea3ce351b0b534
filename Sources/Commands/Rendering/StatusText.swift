internal import ClusterModel
internal import Orchestration

/// The status of a cluster or of one balancer as text for people.
struct StatusText {
    let theme: Theme

    /// Whether a result is a status: a cluster with balancers and findings, or a balancer with its nodes.
    static func fits(_ result: Document) -> Bool {
        (result["cluster"] != nil && result["balancers"] != nil && result["findings"] != nil)
            || (result["balancer"] != nil && result["nodes"] != nil && result["port"] != nil)
    }

    func lines(_ status: Document) -> [String] {
        guard let balancers = status["balancers"]?.elements else { return balancer(status) }
        let blocks = [head(status)] + balancers.map(balancer) + [findings(status["findings"]?.elements ?? [])]
        return Array(blocks.joined(separator: [""]))
    }

    private func head(_ status: Document) -> [String] {
        var line = "cluster \(theme.strong(status.shown("cluster")))"
        if let network = status["network"], network != .null {
            line += "  network \(network.shown("name")) (\(network.shown("subnet")))"
        }
        if let watcher = status["watcher"], watcher != .null {
            line += "  watcher \(watcher.shown("container")) \(painted(watcher.shown("state")))"
        }
        return [line]
    }

    private func balancer(_ balancer: Document) -> [String] {
        let state = balancer.shown("state")
        let ports = "\(balancer.shown("host")):\(balancer.shown("port"))"
        let others = [("pcp", "pcp_port"), ("rest", "rest_port")].filter { balancer[$0.1]?.wholeNumber != nil }
            .map { "\($0.0) \(balancer.shown($0.1))" }.joined(separator: ", ")
        var head = "balancer \(theme.strong(balancer.shown("balancer")))  \(painted(state))  \(ports)"
        if !others.isEmpty { head += " (\(others))" }
        if let sessions = balancer["sessions"]?.wholeNumber {
            head += "  sessions \(sessions)" + (balancer["capacity"]?.wholeNumber.map { " of \($0)" } ?? "")
        }
        return [head] + nodes(balancer["nodes"]?.elements ?? []).map { "  \($0)" }
    }

    private func nodes(_ nodes: [Document]) -> [String] {
        let columns: [TextTable.Column] = [
            .init(title: "node"), .init(title: "role"), .init(title: "state"), .init(title: "tl", isNumeric: true),
            .init(title: "lsn"), .init(title: "lag", isNumeric: true), .init(title: "in pool"),
            .init(title: "weight", isNumeric: true), .init(title: "reads", isNumeric: true),
            .init(title: "clients", isNumeric: true), .init(title: "port", isNumeric: true),
        ]
        return TextTable(columns: columns, rows: nodes.map(row)).lines(theme: theme)
    }

    private func row(_ node: Document) -> [String] {
        [
            node.shown("node"), node.shown("role"), state(of: node), node.shown("timeline"), node.shown("lsn"),
            lag(of: node), node.shown("pool_status"), node["weight"]?.double.map(Self.percent) ?? "-",
            node.shown("selects"), clients(of: node), node.shown("port"),
        ]
    }

    private func state(of node: Document) -> String {
        let state = node.shown("state")
        guard state == "running", node["role"]?.text == "replica" else { return state }
        return node["streaming"]?.flag == true ? "streaming" : "not streaming"
    }

    private func lag(of node: Document) -> String {
        guard let bytes = node["lag_bytes"]?.wholeNumber else { return "-" }
        let seconds = node["lag_seconds"]?.double.map { ", \($0.tenths) s" } ?? ""
        return bytes.byteText + seconds
    }

    private func clients(of node: Document) -> String {
        guard let now = node["connections"]?.wholeNumber, let most = node["max_connections"]?.wholeNumber else {
            return "-"
        }
        return "\(now)/\(most)"
    }

    private func findings(_ findings: [Document]) -> [String] {
        if findings.isEmpty { return [theme.good("everything is as it should be")] }
        return findings.map { finding in
            let advice = finding["advice"]?.text.map { " (\($0))" } ?? ""
            return theme.warning("! \(finding.shown("sentence"))") + advice
        }
    }

    private func painted(_ state: String) -> String { state == "running" ? theme.good(state) : theme.bad(state) }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}

extension Document {
    /// A member as text, "-" when it is not there.
    fileprivate func shown(_ key: String) -> String {
        switch self[key] {
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): number.shortText
        case .boolean(let value): value ? "yes" : "no"
        default: "-"
        }
    }
}
