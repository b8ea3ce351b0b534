import DockerEngine
import Foundation
import Testing

extension Cluster {
    /// Writes a configuration file of the legacy tool into the cluster's folder: its own text, with the cluster's name in
    /// front of all names, and subnet and ports moved to where this machine is free.
    func writeLegacyFile(_ file: String) async throws -> String {
        var text = try String(contentsOf: Places.example("legacy/\(file)"), encoding: .utf8)
        text = Self.renamed(text, to: name)
        text = Self.moved(text, toNetwork: try await freeNetwork())
        text = Self.moved(text, portsBy: try await freeShift(of: Self.ports(in: text)))
        return try write(text, to: file)
    }

    private static func renamed(_ text: String, to name: String) -> String {
        text.replacing(/("cluster_name": )"[^"]*"/) { "\($0.1)\"\(name)\"" }
            .replacing(/("network": \{\s*"name": )"[^"]*"/) { "\($0.1)\"\(name)_net\"" }
            .replacing(/("container_name": )"([^"]*)"/) { "\($0.1)\"\(name)_\($0.2)\"" }
    }

    private static func moved(_ text: String, toNetwork second: Int) -> String {
        text.replacing(/172\.3[01]\./) { _ in "10.\(second)." }
    }

    private static func moved(_ text: String, portsBy shift: Int) -> String {
        text.replacing(/("(?:port|pcp_port|rest_api_port)": )(\d+)/) { "\($0.1)\((Int($0.2) ?? 0) + shift)" }
    }

    private static func ports(in text: String) -> [Int] {
        text.matches(of: /"(?:port|pcp_port|rest_api_port)": (\d+)/).compactMap { Int($0.1) }
    }

    /// The second number of a 10.x.0.0/16 that no network of the engine uses.
    func freeNetwork() async throws -> Int {
        let used = try await client.listNetworks().flatMap(\.subnets).map(\.range)
        let free = (100..<200).first { second in
            !used.contains { $0.hasPrefix("10.\(second).") || $0.hasPrefix("10.0.") }
        }
        return try #require(free, "no 10.x.0.0/16 is free on this engine")
    }

    private func freeShift(of ports: [Int]) async throws -> Int {
        let used = Set(try await client.listContainers().flatMap { $0.ports.compactMap(\.hostPort) })
        let free = stride(from: 101, to: 5000, by: 101).first { shift in
            ports.allSatisfy { !used.contains($0 + shift) && Listener.isFree($0 + shift) }
        }
        return try #require(free, "no place for the ports \(ports) on this machine")
    }
}
