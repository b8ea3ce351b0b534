import DockerEngine
import Foundation
import Testing
import WriteChecker

/// A cluster that clients write to while something happens to it.
struct CheckedCluster: Sendable {
    let cluster: Cluster
    /// Before anything happened.
    let before: StatusView
    var plan: CheckPlan

    /// The running cluster of the suite, healthy.
    static func running() async throws -> CheckedCluster {
        let cluster = try SharedCluster.running
        let before = try await cluster.becomesHealthy()
        var plan = CheckPlan(balancer: try await cluster.balancer("lb1").dsn, nodes: [])
        for node in before.nodes {
            plan.nodes.append(CheckPlan.Node(name: node.node, address: try await cluster.node(node.node).dsn))
        }
        (plan.clients, plan.readers, plan.after, plan.limit) = (4, 1, 0.5, 120)
        // A login that takes long on a busy machine is no error.
        plan.patience.connect = 30
        return CheckedCluster(cluster: cluster, before: before, plan: plan)
    }

    var client: DockerClient { cluster.client }

    func primary() throws -> StatusView.Node { try #require(before.nodes.first { $0.role == "primary" }) }
    func replica() throws -> StatusView.Node { try #require(before.nodes.first { $0.role == "replica" }) }
    func balancer() throws -> StatusView.Balancer { try #require(before.balancers.first) }

    /// Runs the event under load; what is there afterwards must be sound, whatever the clients had to bear.
    func during(
        location: SourceLocation = #_sourceLocation,
        _ event: @escaping @Sendable () async throws -> Void
    ) async throws -> CheckReport {
        let report = try await Check(plan).during { _ in try await event() }
        #expect(report.isConsistent, "\(report)", sourceLocation: location)
        #expect(report.healthyAt != nil, "\(report.complaints)", sourceLocation: location)
        // A node that wakes up as a second primary is stopped when it reads the record.
        #expect(report.twoWritable < 1, "\(report.changes)", sourceLocation: location)
        try await dataFilesAreSound(location: location)
        return report
    }

    /// Runs a planned operation of pgbc under load: nothing that was acknowledged is lost.
    func during(
        _ arguments: String...,
        location: SourceLocation = #_sourceLocation
    ) async throws -> CheckReport {
        let report = try await during(location: location) {
            let finished = try await cluster.run(arguments)
            try #require(finished.code == 0, "\(finished)", sourceLocation: location)
        }
        #expect(report.lost == 0, "\(report)", sourceLocation: location)
        return report
    }

    /// Waits until a write through the balancer is on a node that is another primary than before.
    func anotherPrimaryServes() async throws {
        let balancer = try await cluster.balancer("lb1")
        let others = before.nodes.filter { $0.role == "replica" }
        try await wait(upTo: .seconds(90), until: "a write through the balancer is on another primary") {
            let mark = String(UInt32.random(in: 1...UInt32.max))
            _ = try await balancer.run("CREATE TABLE mark_\(mark) (); DROP TABLE mark_\(mark)", limit: .seconds(10))
            for node in others {
                let connection = try await cluster.node(node.node)
                if (try? await connection.value("SELECT pg_is_in_recovery()")) == "f" { return true }
            }
            return false
        }
    }

    /// Waits until clients are served although this node is not there.
    func isServedWithout(_ node: StatusView.Node) async throws {
        let balancer = try await cluster.balancer("lb1")
        try await wait(upTo: .seconds(90), until: "the balancer holds \(node.node) down and takes writes") {
            let rows = try await balancer.poolNodes()
            return rows.contains { $0.id == node.node_id && $0.status == "down" }
        }
    }

    /// Cuts a container off from its network; connecting it again gives it its address back.
    func isolate(_ container: String, while body: () async throws -> Void) async throws {
        let details = try await client.inspectContainer(container)
        let (network, endpoint) = try #require(details.networks.first)
        try await client.disconnectContainer(container, from: network)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch { result = .failure(error) }
        try await client.connectContainer(
            container,
            to: NetworkAttachment(network, ipv4Address: endpoint.ipAddress)
        )
        try result.get()
    }
}

extension Cluster {
    /// Runs `pgbc` on this cluster to its end.
    func run(_ arguments: [String]) async throws -> Finished {
        try await start(arguments + ["--cluster", name]).finish(within: .seconds(120))
    }
}
