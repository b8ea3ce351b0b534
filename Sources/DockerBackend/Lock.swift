internal import ClusterModel
internal import DockerEngine
internal import Foundation
public import Orchestration

/// Who took a lock: enough to tell, on the same machine, whether that process still lives.
struct LockOwner: Sendable, Equatable, CustomStringConvertible {
    let user: String
    let machine: String
    let process: Int32
    /// When the process began, in clock ticks since the machine's start; `nil` where the system does not tell.
    let processStart: String?
    /// Numbers of processes mean something only within one of these; `nil` where the system has none.
    let processSpace: String?
    /// When the lock was taken, in seconds since 1970.
    let since: Int

    /// This process.
    static var current: LockOwner {
        let process = ProcessInfo.processInfo
        return LockOwner(
            user: process.userName,
            machine: process.hostName,
            process: process.processIdentifier,
            processStart: startTime(of: process.processIdentifier),
            processSpace: ownProcessSpace,
            since: Int(Date().timeIntervalSince1970)
        )
    }

    var label: String {
        [user, machine, String(process), processStart ?? "", processSpace ?? ""].joined(separator: "\n")
    }

    var description: String {
        let age = max(0, Int(Date().timeIntervalSince1970) - since)
        return "\(user)@\(machine), process \(process), for \(age) s"
    }

    /// True when the owner ran on this machine and has ended, so that nobody can give the lock back.
    var isGone: Bool {
        guard machine == ProcessInfo.processInfo.hostName, processSpace == Self.ownProcessSpace else { return false }
        if kill(process, 0) != 0 && errno == ESRCH { return true }
        return processStart != nil && processStart != Self.startTime(of: process)
    }

    /// The PID namespace and the machine's start: two containers may share a host's name and number their processes alike.
    private static var ownProcessSpace: String? {
        guard let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid"),
            let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        return "\(space) \(boot.trimmingCharacters(in: .whitespacesAndNewlines))"
    }

    /// Field 22 of `/proc/<pid>/stat` (proc(5)); the name in field 2 may hold blanks, so count from its closing bracket. `nil` for a
    /// process that has ended too, although nobody has waited for it yet (state Z in field 3).
    private static func startTime(of process: Int32) -> String? {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let bracket = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: bracket)...].split(separator: " ")
        return fields.count > 19 && fields[0] != "Z" ? String(fields[19]) : nil
    }
}

extension LockOwner {
    /// Reads a lock's label.
    init(labels: [String: String], created: Int) {
        let parts = labels[Label.owner]?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) ?? []
        self.init(
            user: parts.first ?? "somebody",
            machine: parts.count > 1 ? parts[1] : "some machine",
            process: parts.count > 2 ? Int32(parts[2]) ?? 0 : 0,
            processStart: parts.count > 3 && !parts[3].isEmpty ? parts[3] : nil,
            processSpace: parts.count > 4 && !parts[4].isEmpty ? parts[4] : nil,
            since: created
        )
    }
}

extension DockerClusterBackend {
    /// Takes the lock: a container that is never started. Its name can exist only once on an engine, and through it the
    /// control volume can be read and written before anything else of the cluster exists.
    public func lock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock {
        try await onEngine { try await takeLock(cluster, image: image, breaking: breaking) }
    }

    private func takeLock(_ cluster: String, image: String?, breaking: Bool) async throws -> ClusterLock {
        let name = ContainerName.lock(cluster)
        let hadVolume = try await client.listVolumes(labels: [Label.cluster: cluster]).contains {
            $0.name == VolumeName.control(cluster)
        }
        var config = ContainerConfig(image: try await lockImage(cluster, wanted: image))
        config.entrypoint = ["true"]
        config.labels = [
            Label.cluster: cluster, Label.kind: Label.Kind.lock.rawValue, Label.owner: LockOwner.current.label,
        ]
        config.mounts = [
            Mount(
                .volume(
                    VolumeName.control(cluster),
                    noCopy: true,
                    labels: [Label.cluster: cluster, Label.kind: Label.Kind.control.rawValue]
                ),
                at: ContainerPath.control
            )
        ]
        // Again for a lock whose owner is gone, that was given back meanwhile, or that the engine is only just creating.
        for attempt in 1... {
            do {
                let id = try await client.createContainer(name, config)
                memory.note(id) { ($0.madeControlVolume, $0.hasEmptyControlVolume) = (!hadVolume, !hadVolume) }
                return ClusterLock(cluster: cluster, id: id, createdControlVolume: !hadVolume)
            } catch {
                guard error.code == .conflict, attempt < 20 else { throw error }
                try await removeStaleLock(name, of: cluster, breaking: breaking)
                try await Task.sleep(for: .milliseconds(20 * attempt))
            }
        }
        throw ClusterError(.conflict, operation: "lock \(cluster)", message: "somebody else was faster")
    }

    private func removeStaleLock(_ name: String, of cluster: String, breaking: Bool) async throws {
        guard let holder = try await client.listContainers(labels: [:]).first(where: { $0.name == name })
        else { return }
        guard holder.labels[Label.kind] == Label.Kind.lock.rawValue else {
            throw ClusterError(
                .conflict,
                operation: "lock \(cluster)",
                message: "a container named \(name) exists that pgbc did not make",
                advice: "rename or remove that container"
            )
        }
        let owner = LockOwner(labels: holder.labels, created: holder.created)
        guard breaking || owner.isGone else {
            throw ClusterError(
                .conflict,
                operation: "lock \(cluster)",
                message: "another operation holds it: \(owner)",
                advice: "wait for it to end; if it is dead, run again with --break-lock"
            )
        }
        try await removeIfPresent(holder.id)
    }

    /// Any image does for a container that is never started; without one nothing can be locked, and nothing created either.
    private func lockImage(_ cluster: String, wanted: String?) async throws -> String {
        if let wanted, try await client.inspectImage(wanted) != nil { return wanted }
        let own = try await client.listContainers(labels: [Label.cluster: cluster])
        if let image = own.first?.imageID { return image }
        if let any = try await client.listImages().first { return any.id }
        throw ClusterError.missingImage(wanted ?? Topology.defaultNodeImage)
    }

    /// Gives the lock back. A control volume that only the lock needed goes with it.
    public func unlock(_ lock: ClusterLock) async throws {
        try await onEngine {
            memory.forget(lock)
            try await removeIfPresent(lock.id)
            guard lock.createdControlVolume else { return }
            let rest = try await snapshot(of: lock.cluster)
            let isUnused = rest.containers.isEmpty && rest.networks.isEmpty && rest.volumes.count == 1
            if isUnused { try await removeVolumeIfPresent(VolumeName.control(lock.cluster)) }
        }
    }
}
