import Foundation
import Testing

@testable import DockerBackend

@Suite struct `The bundled images` {
    private var resources: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/DockerBackend/Resources")
    }

    private func names(in folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: resources.appending(path: folder).path()))
            .filter { !$0.hasPrefix("__") }
    }

    @Test func `carry every file of the balancer's folder`() throws {
        let embedded = Set(BalancerFiles.all.map(\.path)).union(["balancer.Dockerfile"])
        #expect(try names(in: "images/balancer") == embedded)
    }

    @Test func `bring the start-up scripts of a node, all of them`() throws {
        let uploaded = NodeContainer.script(cluster: "c", balancer: "b", node: 0).map {
            String($0.path.dropFirst("pgbc/".count))
        }
        #expect(try names(in: "node") == Set(uploaded).subtracting(["node.conf"]))
    }

    @Test func `have a fingerprint that changes with their contents`() {
        let one = BundledImage(name: "a", purpose: "", dockerfile: [1], files: [])
        let other = BundledImage(name: "a", purpose: "", dockerfile: [2], files: [])
        #expect(one.fingerprint != other.fingerprint)
        #expect(one.fingerprint == BundledImage(name: "b", purpose: "", dockerfile: [1], files: []).fingerprint)
    }
}
