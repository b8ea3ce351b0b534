import DockerEngine
import Foundation
import Testing

extension OnARealEngine {
    struct OwnBalancerTests {
        @Test
        func `the user's own pgbalancer image serves, and takes a new replica`() async throws {
            try await withCluster { cluster in
                let image = try await OwnImage.build(for: cluster)
                try cluster.describe(
                    "balancer \"lb1\" { replicas = 1, image = \"\(image)\", config = { num_init_children = 6 } }"
                )
                try await cluster.succeed("init", "--config", "cluster.lua")
                let status = try await cluster.becomesHealthy()
                #expect(status.balancers.map(\.driver) == ["pgbalancer"])
                let balancer = try await cluster.balancer("lb1")
                #expect(try await balancer.poolNodes().map(\.status) == ["up", "up"])
                #expect(try await balancer.value("PGPOOL SHOW num_init_children") == "6")
                #expect(try await balancer.value("CREATE TABLE t AS SELECT 5 AS n; SELECT n FROM t") == "5")

                try await cluster.succeed("scale", cluster.name, "--balancer", "lb1", "--replicas", "2")
                #expect(try await balancer.poolNodes().map(\.status) == ["up", "up", "up"])
                try await balancer.readOverShortConnections(40)
                #expect(try await balancer.poolNodes().allSatisfy { $0.selects > 0 })

                try await cluster.succeed("scale", cluster.name, "--balancer", "lb1", "--replicas", "1")
                let pool = try await balancer.poolNodes()
                #expect(pool.filter { $0.status == "up" }.map(\.id) == [0, 1], "\(pool)")
                // It notices by itself that the node is gone, and does not answer while it does.
                try await cluster.becomesWell()
            }
        }
    }
}

/// An image that offers what a user's own pgBalancer offers and no more: ports, environment, and a configuration file that
/// is used when it is there.
private enum OwnImage {
    static let dockerfile = """
        FROM pgbc/balancer:4.3
        COPY start.sh /start.sh
        ENTRYPOINT ["/bin/sh", "/start.sh"]
        """

    static let start = """
        set -eu
        conf=/etc/pgbalancer/pgbalancer.conf
        test -n "$BACKEND0_HOST" && test "$REST_API_PORT" = 8080
        mkdir -p /var/run/pgpool /etc/pgbalancer
        if [ ! -f "$conf" ]; then
            printf "listen_addresses = '*'\\nport = 9999\\n" > "$conf"
            printf "backend_hostname0 = '%s'\\nbackend_port0 = %s\\n" "$BACKEND0_HOST" "$BACKEND0_PORT" >> "$conf"
        fi
        rm -f /var/run/pgpool/pgpool.pid /tmp/.s.PGSQL.*
        exec pgpool -n -f "$conf"
        """

    /// Builds it under a name of its own, which is removed at the end.
    static func build(for cluster: Cluster) async throws -> String {
        let (client, name) = (cluster.client, "pgbalancer:\(cluster.name)")
        var context = TarArchive()
        let now = Int(Date().timeIntervalSince1970)
        context.addFile("Dockerfile", Array(dockerfile.utf8), mode: 0o644, modified: now)
        context.addFile("start.sh", Array(start.utf8), mode: 0o755, modified: now)
        await cluster.onEnd {
            try await cluster.removeLeftOvers()
            try await client.removeImage(name, force: true)
        }
        for try await _ in try await client.buildImage(context: context.bytes, BuildOptions(tag: name)) {}
        return name
    }
}
