internal import ClusterModel
internal import DockerEngine

/// What the control volume holds: secrets, node lists, and who is primary.
struct ControlVolume: Sendable {
    private let files: [String: [UInt8]]

    /// An empty volume, or one that nothing mounts.
    init() { files = [:] }

    /// Reads the archive of the whole volume; its paths begin with the volume's directory.
    init(archive: TarArchive) {
        var files: [String: [UInt8]] = [:]
        for entry in archive.entries where entry.kind == .file {
            let path = entry.path.split(separator: "/").dropFirst().joined(separator: "/")
            files[path] = entry.contents
        }
        self.files = files
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

    /// "TERM ID": which node the containers hold to be the primary.
    func record(of balancer: String) -> PrimaryRecord? {
        let numbers = text("\(balancer)/primary")?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } ?? []
        return numbers.count == 2 ? PrimaryRecord(term: numbers[0], node: numbers[1]) : nil
    }

    /// The numbers of the listed nodes; `nil` when there is no list, or only a part of one.
    func nodeList(of balancer: String) -> [Int]? {
        guard let lines = text("\(balancer)/nodes")?.split(separator: "\n"), lines.last == "end" else { return nil }
        return lines.dropLast().compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
    }

    private func text(_ path: String) -> String? { files[path].map { String(decoding: $0, as: UTF8.self) } }
}
