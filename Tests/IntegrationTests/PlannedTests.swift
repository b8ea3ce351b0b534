import DockerEngine
import Testing
import WriteChecker

extension OnARealEngine {
    /// Planned operations with `hold`, under load: nothing is lost and no client sees an error.
    @Suite(.cluster("balancer \"lb1\" { replicas = 2, hold = true }"))
    struct PlannedTests {
        @Test
        func `a switchover fails no transaction, and there is no SSH in any container`() async throws {
            let checked = try await CheckedCluster.running()
            let replica = try checked.replica()
            let report = try await checked.during("switchover", "--to", replica.node)
            #expect(report.primaryAfter == replica.node)
            #expect(report.clientErrors == 0, "\(report)")
            for container in try await checked.cluster.holdings().containers.keys {
                let found = try await checked.client.runExec(container, ["sh", "-c", "command -v ssh sshd"])
                #expect(found.exitCode != 0, "\(container): \(found.stdoutText)")
            }
        }

        @Test
        func `a planned restart drops no connection, and fails no transaction and no read`() async throws {
            let checked = try await CheckedCluster.running()
            let started = try await startTimes(checked)
            let report = try await checked.during("rolling-restart")
            #expect(report.clientErrors == 0, "\(report)")
            let now = try await startTimes(checked)
            for (node, time) in started { #expect(now[node] != time, "\(node) was not restarted") }
        }

        @Test
        func `a setting that needs a restart fails no transaction, and every node has it`() async throws {
            let checked = try await CheckedCluster.running()
            let report = try await checked.during("configure", "max_connections=160", "work_mem=5MB")
            #expect(report.clientErrors == 0, "\(report)")
            for node in checked.before.nodes {
                let connection = try await checked.cluster.node(node.node)
                #expect(try await connection.value("SHOW max_connections") == "160", "\(node.node)")
                #expect(try await connection.value("SHOW work_mem") == "5MB", "\(node.node)")
            }
        }

        @Test
        func `scaling up and down again fails no transaction`() async throws {
            var checked = try await CheckedCluster.running()
            // The balancer and the nodes change on purpose: health is looked at afterwards.
            checked.plan.waitsForHealth = false
            for replicas in ["3", "2"] {
                let cluster = checked.cluster
                let report = try await Check(checked.plan).during { _ in
                    let finished = try await cluster.run(["scale", "--balancer", "lb1", "--replicas", replicas])
                    try #require(finished.code == 0, "\(finished)")
                }
                #expect(report.isConsistent && report.lost == 0 && report.clientErrors == 0, "\(report)")
            }
            #expect(try await checked.cluster.becomesHealthy().nodes.count == 3)
        }

        @Test
        func `a minor upgrade fails no transaction, and every node runs the new image`() async throws {
            let checked = try await CheckedCluster.running()
            let image = "pgbc/postgres:15-\(checked.cluster.name)"
            try await checked.client.tagImage("pgbc/postgres:15", as: image)
            let client = checked.client
            await checked.cluster.onEnd { _ = try? await client.removeImage(image, force: true) }
            let report = try await checked.during("upgrade", "--image", image)
            #expect(report.clientErrors == 0, "\(report)")
            for node in checked.before.nodes {
                #expect(try await client.inspectContainer(node.container).image == image, "\(node.node)")
            }
        }

        private func startTimes(_ checked: CheckedCluster) async throws -> [String: String] {
            var times: [String: String] = [:]
            for node in checked.before.nodes {
                let connection = try await checked.cluster.node(node.node)
                times[node.node] = try await connection.value("SELECT pg_postmaster_start_time()")
            }
            return times
        }
    }

    /// Without `hold` sessions may be cut, but nothing that was acknowledged is lost.
    @Suite(.cluster("balancer \"lb1\" { replicas = 2 }"))
    struct PlannedWithoutHoldTests {
        @Test
        func `a switchover without hold loses nothing`() async throws {
            let checked = try await CheckedCluster.running()
            let report = try await checked.during("switchover")
            #expect(report.primaryAfter != report.primaryBefore)
        }
    }
}
