import Foundation

/// The part of `pgbc status --json` that the tests look at.
struct StatusView: Decodable, Equatable {
    struct Balancer: Decodable, Equatable {
        var balancer: String
        var container: String
        var state: String
        var driver: String
        var port: Int
        var pcp_port: Int
        var rest_port: Int
        var primary: String?
        var capacity: Int?
        var nodes: [Node]
    }

    struct Node: Decodable, Equatable {
        var node: String
        var node_id: Int
        var container: String
        var state: String
        var port: Int
        var address: String
        var role: String?
        var streaming: Bool?
        var timeline: Int?
        var pool_status: String?
        var pool_role: String?
        var selects: Int?
        var lag_seconds: Double?

        /// True when the balancer holds it up ("waiting" is up, too: pgpool says so until the first session).
        var isUp: Bool { ["up", "waiting"].contains(pool_status) }
    }

    struct Finding: Decodable, Equatable {
        var kind: String?
        var subject: String?
        var sentence: String
    }

    struct Watcher: Decodable, Equatable {
        var container: String
        var state: String
    }

    var cluster: String
    var watcher: Watcher?
    var locked_by: String?
    var balancers: [Balancer]
    var findings: [Finding]

    var nodes: [Node] { balancers.flatMap(\.nodes) }

    /// True when that is so and there is nothing to say about it.
    var isWell: Bool { isHealthy && findings.isEmpty }

    /// True when each balancer has one primary, all else streams, and the balancer holds every node up.
    var isHealthy: Bool {
        balancers.allSatisfy { balancer in
            balancer.nodes.count { $0.role == "primary" } == 1
                && balancer.nodes.allSatisfy { $0.role == "primary" || ($0.role == "replica" && $0.streaming == true) }
                && balancer.nodes.allSatisfy(\.isUp)
        }
    }
}
