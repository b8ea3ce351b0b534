internal import ClusterModel
internal import DockerEngine
internal import Foundation
public import Orchestration

extension DockerEngineServices {
    /// Examines engine, API version, images, ports, subnets, disk and clients. Never throws: what cannot be examined is a result.
    public func examine() async -> [Examination] {
        do {
            let version = try await client.version()
            let info = try await client.info()
            return [
                Examination("engine", .good, "Docker \(version.version) at \(client.address), \(info.operatingSystem)"),
                Examination("API version", .good, "\(version.apiVersion) (1.41 or later is needed)"),
                storage(info), await images(), await ports(), await subnets(), disk(info.rootDirectory), psql(),
            ] + outgoing()
        } catch {
            return [Examination("engine", .bad, error.message, advice: error.advice), psql()]
        }
    }

    private func storage(_ info: EngineInfo) -> Examination {
        info.driver == "vfs"
            ? Examination(
                "storage driver",
                .warning,
                "vfs copies every layer",
                advice: "use overlay2: it starts containers faster and needs less disk"
            )
            : Examination("storage driver", .good, info.driver)
    }

    private func images() async -> Examination {
        var missing: [String] = []
        var stale: [String] = []
        for image in BundledImage.all {
            guard let found = try? await client.inspectImage(image.name) else {
                missing.append(image.name)
                continue
            }
            if found.labels[Self.fingerprintLabel] != image.fingerprint { stale.append(image.name) }
        }
        let advice = "pgbc images build makes them"
        if !missing.isEmpty {
            return Examination("images", .bad, "missing: \(missing.joined(separator: ", "))", advice: advice)
        }
        if !stale.isEmpty {
            return Examination("images", .warning, "of another pgbc: \(stale.joined(separator: ", "))", advice: advice)
        }
        return Examination("images", .good, BundledImage.all.map(\.name).joined(separator: ", "))
    }

    /// The ports of a first balancer by the usual pattern: what a topology without ports would begin with.
    private func ports() async -> Examination {
        guard let use = try? await backend.hostUse(except: nil) else { return unknown("ports") }
        let taken = [19999, 19898, 18080, 15432, 15433].compactMap { port in use.ports[port].map { "\(port) by \($0)" }
        }
        return taken.isEmpty
            ? Examination("ports", .good, "19999, 19898, 18080, 15432 and 15433 are free")
            : Examination(
                "ports",
                .warning,
                "in use: \(taken.joined(separator: "; "))",
                advice:
                    "nothing to do if that is your cluster; else leave the ports out of the topology, and free ones are chosen"
            )
    }

    /// Only of this machine: a remote engine has a range of its own.
    private func outgoing() -> [Examination] {
        client.address.remoteHost == nil ? [PortRange.ofThisMachine].compactMap { $0?.examination } : []
    }

    private func subnets() async -> Examination {
        guard let use = try? await backend.hostUse(except: nil) else { return unknown("subnets") }
        let candidates = (28...31).compactMap { Subnet("172.\($0).0.0/16") }
        let free = candidates.filter { candidate in !use.networks.contains { $0.subnet.overlaps(candidate) } }
        return free.isEmpty
            ? Examination(
                "subnets",
                .warning,
                "172.28.0.0/16 to 172.31.0.0/16 are all in use",
                advice: "name another subnet in the topology, or remove networks that nobody uses"
            )
            : Examination("subnets", .good, "\(free.count) of 4 usual subnets are free")
    }

    /// Free space where the engine keeps its data. A remote engine names a directory of its own machine, which says nothing of this one.
    private func disk(_ directory: String) -> Examination {
        guard client.address.remoteHost == nil,
            let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory),
            let free = attributes[.systemFreeSize] as? NSNumber
        else { return unknown("disk") }
        let gigabytes = Double(truncating: free) / 1e9
        let finding = "\(Int(gigabytes)) GB free in \(directory)"
        return gigabytes < 2
            ? Examination("disk", .bad, finding, advice: "a cluster needs about 2 GB: remove unused images and volumes")
            : Examination("disk", .good, finding)
    }

    private func psql() -> Examination {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/psql") }
            ? Examination("psql", .good, "found")
            : Examination("psql", .warning, "not found", advice: "install postgresql-client for `pgbc psql`")
    }

    private func unknown(_ subject: String) -> Examination {
        Examination(subject, .warning, "could not be examined from here")
    }
}
