import ClusterModel
import Foundation
import Testing

@testable import DockerBackend
@testable import DockerEngine

@Suite struct `The control volume` {
    private func volume(_ files: [String: String]) -> ControlVolume {
        var archive = TarArchive()
        archive.addDirectory("control")
        for (path, text) in files { archive.addFile("control/\(path)", text: text) }
        return ControlVolume(archive: archive)
    }

    @Test func `tells who is primary, and nothing when the record is missing or broken`() {
        #expect(volume(["lb1/primary": "3 2\n"]).record(of: "lb1") == PrimaryRecord(term: 3, node: 2))
        #expect(volume([:]).record(of: "lb1") == nil)
        #expect(volume(["lb1/primary": "3"]).record(of: "lb1") == nil)
    }

    @Test func `gives a node list only when it is whole`() {
        let list = "0 primary 172.31.1.20 5432 1\n1 replica1 172.31.1.21 5432 1\n"
        #expect(volume(["lb1/nodes": list + "end\n"]).nodeList(of: "lb1") == [0, 1])
        #expect(volume(["lb1/nodes": list]).nodeList(of: "lb1") == nil)
    }

    @Test func `keeps a node on the list that is no longer wanted and has not gone yet`() throws {
        let document: Document = [
            "cluster_name": "shop", "balancers": [["name": "lb1", "replicas": [["node_id": 3]]]],
        ]
        let balancer = try Topology.load(document, source: "test").balancers[0]
        let now = "0 lb1-primary 172.31.9.9 5432 1\n2 old 172.31.1.22 5432 0.5\n"
        let lines = try #require(volume(["lb1/nodes": now + "end\n"]).nodeLines(of: "lb1"))
        let own = balancer.nodeList([0, 3]).split(separator: "\n")
        #expect(
            balancer.nodeList([0, 2, 3], now: lines).split(separator: "\n")
                == [own[0], "2 old 172.31.1.22 5432 0.5", own[1], "end"]
        )
    }

    @Test func `tells when what the containers read is not of the topology that it holds`() throws {
        let topology = try Topology.load(["cluster_name": "shop", "balancers": [["name": "lb1"]]], source: "test")
        var files = Dictionary(
            uniqueKeysWithValues: WantedFiles(topology: topology).all.map {
                ($0.path, String(decoding: $0.bytes, as: UTF8.self))
            }
        )
        #expect(volume(files).holds(topology))
        #expect(ControlVolume(holding: topology, drivers: .own).holds(topology))
        for path in ["lb1/settings.1", "lb1/options", "lb1/parameters.json"] {
            let whole = try #require(files[path])
            for other in [nil, String(whole.dropLast()), "jit = 'off'\n\(whole)"] {
                files[path] = other
                #expect(!volume(files).holds(topology), "\(path): \(other ?? "not there")")
            }
            files[path] = whole
        }
    }

    @Test func `keeps the secrets that are there and makes those that are missing`() throws {
        #expect(volume([:]).secrets == nil)
        let secrets = try #require(volume(["secrets/superuser": "abc", "secrets/monitor": ""]).secrets)
        #expect(secrets[.superuser] == "abc")
        #expect(secrets[.monitor].count == 32)
        #expect(secrets[.monitor] != secrets[.rest])
    }

    @Test func `takes only a missing or an empty record for no major upgrade`() throws {
        let record = UpgradeRecord(from: [0: "a"], to: "b", fromMajor: 15, toMajor: 17, node: 0)
        let whole = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        let path = ControlVolume.upgradePath("lb1")
        for none in [[:], [path: ""]] {
            #expect(volume(none).upgrade(of: "lb1") == nil)
            #expect(!volume(none).hasUnreadableUpgrade(of: "lb1"))
        }
        #expect(volume([path: whole]).upgrade(of: "lb1") == record)
        #expect(!volume([path: whole]).hasUnreadableUpgrade(of: "lb1"))
        for damaged in [String(whole.dropLast()), whole.replacing("begun", with: "paused"), "\n"] {
            #expect(volume([path: damaged]).hasUnreadableUpgrade(of: "lb1"))
        }
    }

    @Test func `knows that a destroy was begun`() {
        #expect(volume(["destroying": "yes\n"]).isBeingDestroyed)
        #expect(!volume([:]).isBeingDestroyed)
    }
}

@Suite struct `Files for a container` {
    @Test func `are readable by root only, with their directory, when they are secrets`() {
        let archive = TarArchive(Secrets().files)
        let directory = archive.entries.first { $0.kind == .directory }
        #expect(directory?.path == "secrets")
        #expect(directory?.mode == 0o700)
        #expect(archive.entries.filter { $0.kind == .file }.allSatisfy { $0.mode == 0o600 && $0.uid == 0 })
        #expect(archive.entries.count == 6)
    }
}
