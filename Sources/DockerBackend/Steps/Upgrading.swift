internal import ClusterModel
internal import DockerEngine
internal import Foundation
internal import Orchestration

/// Major upgrades. What runs in the containers is in `node-upgrade.sh`.
extension StepWork {
    func checkUpgrade(of name: String, _ upgrade: UpgradeRecord) async throws -> String? {
        let node = try node(upgrade.node, of: name)
        let old = try upgrade.from[upgrade.node] ?? desired().nodeImage
        try await backend.requireImage(upgrade.to, progress: progress)
        let copies = "\(try balancer(name).nodes.count)"
        let files = try await stage(["files", copies], of: name, upgrade, image: old)
        let check = try await stage(
            ["check", "\(upgrade.fromMajor)"],
            of: name,
            upgrade,
            image: upgrade.to,
            beside: node.containerName
        )
        let size = files["size"].map { ", \($0) MiB to copy" } ?? ""
        return "from \(files["from"] ?? "?") to \(check["to"] ?? "?")\(size)"
    }

    func noteUpgrade(of name: String, _ upgrade: UpgradeRecord?) async throws -> String? {
        let bytes = try upgrade.map { Array(try JSONEncoder().encode($0)) } ?? []
        try await upload(
            [UploadFile(ControlVolume.upgradePath(name), bytes: bytes)],
            to: lock,
            at: ContainerPath.control
        )
        return nil
    }

    func upgradeData(of name: String, _ upgrade: UpgradeRecord) async throws -> String? {
        _ = try await stage(["data", "\(upgrade.fromMajor)"], of: name, upgrade, image: upgrade.to)
        return nil
    }

    func undoUpgrade(of name: String, _ upgrade: UpgradeRecord) async throws -> String? {
        let old = upgrade.image(of: upgrade.node)
        _ = try await stage(["undo", "\(upgrade.fromMajor)", "\(upgrade.toMajor)"], of: name, upgrade, image: old)
        return nil
    }

    func commitUpgrade(of name: String, _ upgrade: UpgradeRecord) async throws -> String? {
        _ = try await stage(["commit", "\(upgrade.fromMajor)"], of: name, upgrade, image: upgrade.to)
        return nil
    }

    /// Runs one stage to its end; returns the facts that it printed.
    /// - Throws: `.conflict` with every reason when the stage refuses.
    private func stage(
        _ arguments: [String],
        of name: String,
        _ upgrade: UpgradeRecord,
        image: String,
        beside: String? = nil
    ) async throws -> [String: String] {
        let job = UpgradeContainer(
            topology: try desired(),
            balancer: try balancer(name),
            node: try node(upgrade.node, of: name),
            image: image,
            beside: beside,
            arguments: arguments
        )
        let container = ContainerName.upgrade(plan.cluster, name)
        try await backend.removeIfPresent(container)
        try await upload(job.files, to: try await create(container, job.config).id, at: "/")
        _ = try await client.startContainer(container)
        let code = try await client.waitForContainer(container, limit: .seconds(Self.longestStage))
        let lines = await lastWords(of: container, lines: 60)
        try await backend.removeIfPresent(container)
        guard code == 0 else { throw failed(arguments[0], name, upgrade, code, lines) }
        let facts = lines.filter { $0.hasPrefix("facts: ") }.map { $0.split(separator: " ").map(String.init) }
        return Dictionary(facts.filter { $0.count == 3 }.map { ($0[1], $0[2]) }) { $1 }
    }

    /// A copy of much data takes its time.
    private static let longestStage = 6 * 3600

    private func failed(
        _ stage: String,
        _ name: String,
        _ upgrade: UpgradeRecord,
        _ code: Int,
        _ lines: [String]
    ) -> ClusterError {
        let reasons = lines.filter { $0.hasPrefix("refused: ") }.map { String($0.dropFirst("refused: ".count)) }
        let isCheck = ["files", "check"].contains(stage)
        return ClusterError(
            reasons.isEmpty ? .failed : .conflict,
            operation: "upgrade \(name) from PostgreSQL \(upgrade.fromMajor) to \(upgrade.toMajor)",
            message: (reasons.count == 1
                ? reasons[0]
                : reasons.isEmpty
                    ? "its stage '\(stage)' ended with code \(code)" : "\(reasons.count) things speak against it")
                + (isCheck ? "; nothing was changed" : ""),
            details: reasons.isEmpty ? lines.suffix(12) : reasons.count == 1 ? [] : reasons
        )
    }
}
