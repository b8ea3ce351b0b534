internal import ClusterModel
internal import DockerEngine
internal import Foundation

/// What the control volume holds: secrets, node lists, and who is primary.
struct ControlVolume: Sendable {
    private let files: [String: [UInt8]]
    private let drivers: BalancerDrivers

    /// An empty volume, or one that nothing mounts.
    init() {
        files = [:]
        drivers = .own
    }

    /// One that holds what a cluster is asked to be, and nothing else.
    init(holding topology: Topology, drivers: BalancerDrivers) {
        files = Dictionary(WantedFiles(topology: topology).all.map { ($0.path, $0.bytes) }) { $1 }
        self.drivers = drivers
    }

    /// One that holds what is written down of a balancer's major upgrade, and nothing else.
    init(upgradeOf balancer: String, text: String) {
        files = [Self.upgradePath(balancer): Array(text.utf8)]
        drivers = .own
    }

    /// Reads the archive of the whole volume; its paths begin with the volume's directory.
    init(archive: TarArchive, drivers: BalancerDrivers = .own) {
        var files: [String: [UInt8]] = [:]
        for entry in archive.entries where entry.kind == .file {
            let path = entry.path.split(separator: "/").dropFirst().joined(separator: "/")
            files[path] = entry.contents
        }
        self.files = files
        self.drivers = drivers
    }

    var isBeingDestroyed: Bool { files["destroying"] != nil }

    /// The secrets that are there; `nil` when none is.
    var secrets: Secrets? {
        let prefix = "secrets/"
        let found = files.filter { $0.key.hasPrefix(prefix) }
        guard !found.isEmpty else { return nil }
        return Secrets(
            found: Dictionary(
                uniqueKeysWithValues: found.map {
                    (String($0.key.dropFirst(prefix.count)), String(decoding: $0.value, as: UTF8.self))
                }
            )
        )
    }

    /// The secrets that are being changed, as they were before; empty while none is.
    var secretsBefore: [SecretName: String] {
        let found = SecretName.allCases.map { ($0, text($0.pathBefore) ?? "") }.filter { !$0.1.isEmpty }
        return Dictionary(uniqueKeysWithValues: found)
    }

    /// "TERM ID": which node the containers hold to be the primary.
    func record(of balancer: String) -> PrimaryRecord? {
        let numbers = text("\(balancer)/primary")?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } ?? []
        return numbers.count == 2 ? PrimaryRecord(term: numbers[0], node: numbers[1]) : nil
    }

    /// The stories that the agent wrote down, oldest first; a line that is not complete is left out.
    func history(of balancer: String) -> [Document] {
        (text("\(balancer)/history") ?? "").split(separator: "\n").compactMap {
            try? Document(json: Array($0.utf8), source: "history")
        }
    }

    /// What was last asked for; `nil` when it was never written down, or not to its end.
    var wanted: Topology? { files[Topology.storedPath].flatMap { Topology(stored: $0, drivers: drivers) } }

    /// False when writing what is wanted was cut: the topology, which is written last, is not the one of what the containers read.
    func holds(_ wanted: Topology) -> Bool {
        WantedFiles(topology: wanted).all.allSatisfy { files[$0.path] == $0.bytes }
    }

    static func upgradePath(_ balancer: String) -> String { "\(balancer)/upgrade.json" }

    /// A major upgrade that was not committed or taken back; an empty file says that there is none.
    func upgrade(of balancer: String) -> UpgradeRecord? {
        files[Self.upgradePath(balancer)].flatMap { try? JSONDecoder().decode(UpgradeRecord.self, from: Data($0)) }
    }

    /// True when something is written down of a major upgrade that is no record of one, or none that this pgbc knows.
    func hasUnreadableUpgrade(of balancer: String) -> Bool {
        files[Self.upgradePath(balancer)]?.isEmpty == false && upgrade(of: balancer) == nil
    }

    /// True when an operation took a node out of its balancer and was to put it back.
    func isAway(_ node: Int, from balancer: String) -> Bool { text("\(balancer)/away.\(node)")?.isEmpty == false }

    /// Settings with which a node did not start.
    func refused(by node: Int, of balancer: String) -> RefusedSettings? {
        files["\(balancer)/refused.\(node)"].flatMap { RefusedSettings($0) }
    }

    /// The numbers of the listed nodes; `nil` when there is no list, or only a part of one.
    func nodeList(of balancer: String) -> [Int]? { nodeLines(of: balancer)?.map(\.id) }

    /// The addresses of the listed nodes.
    func nodeAddresses(of balancer: String) -> [Int: IPv4Address] {
        let found = (nodeLines(of: balancer) ?? []).compactMap { id, line in
            line.split(separator: " ").dropFirst(2).first.flatMap { IPv4Address($0) }.map { (id, $0) }
        }
        return Dictionary(found) { $1 }
    }

    /// The same with their lines as they stand there.
    func nodeLines(of balancer: String) -> [(id: Int, line: String)]? {
        guard let lines = text("\(balancer)/nodes")?.split(separator: "\n"), lines.last == "end" else { return nil }
        return lines.dropLast().compactMap { line in
            line.split(separator: " ").first.flatMap { Int($0) }.map { ($0, String(line)) }
        }
    }

    private func text(_ path: String) -> String? { files[path].map { String(decoding: $0, as: UTF8.self) } }
}
