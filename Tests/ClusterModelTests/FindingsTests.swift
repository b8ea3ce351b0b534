import ClusterModel
import Testing

struct FindingsTests {
    private let topology: Topology

    init() throws {
        topology = try Topology.load(
            ["cluster_name": "shop", "balancers": [["name": "lb1", "replicas": 1]]],
            source: "shop.json"
        )
    }

    /// A cluster on which nothing is wrong.
    private var healthy: ObservedCluster {
        let spec = topology.balancers[0]
        return ObservedCluster(
            name: "shop",
            topology: topology,
            network: ObservedNetwork(id: "n", name: topology.network.name, subnet: "\(topology.network.subnet)"),
            volumes: ["shop_control"],
            balancers: [
                ObservedBalancer(
                    spec: spec,
                    container: ObservedContainer(id: "b", name: spec.containerName, state: .running),
                    record: PrimaryRecord(term: 1, node: 0),
                    listedNodes: [0, 1],
                    pool: PoolView(
                        nodes: [
                            .init(id: 0, status: "up", role: "primary", weight: 0.5, selects: 0),
                            .init(id: 1, status: "up", role: "standby", weight: 0.5, selects: 0),
                        ],
                        sessions: 3,
                        capacity: 16
                    ),
                    nodes: [node(spec.nodes[0], .primary), node(spec.nodes[1], .replica)]
                )
            ]
        )
    }

    private func node(_ spec: NodeSpec, _ role: PostgresView.Role) -> ObservedNode {
        ObservedNode(
            spec: spec,
            container: ObservedContainer(id: spec.host, name: spec.containerName, state: .running),
            hasVolume: true,
            postgres: PostgresView(
                role: role,
                version: "15.18",
                timeline: 1,
                lsn: "0/3000000",
                position: 1 << 30,
                systemIdentifier: "7",
                isStreaming: role == .replica,
                maxConnections: 100
            )
        )
    }

    /// The sentences, each with its advice in brackets, after a change to the healthy cluster.
    private func sentences(_ change: (inout ObservedCluster) -> Void) -> [String] {
        var cluster = healthy
        change(&cluster)
        return cluster.findings.map { finding in
            finding.sentence + (finding.advice.map { " (\($0))" } ?? "")
        }
    }

    @Test func `nothing is said of a cluster that is as it should be`() {
        #expect(healthy.findings == [])
    }

    @Test func `containers that are gone or do not run`() {
        #expect(
            sentences { $0.balancers[0].nodes[1].container = nil }
                == ["lb1-replica1 has no container (pgbc apply shop creates it)"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[1].container?.state = .paused }
                == ["lb1-replica1 is paused (pgbc apply shop starts it)"]
        )
        #expect(
            sentences {
                $0.balancers[0].container?.state = .restarting
                $0.balancers[0].pool = nil
            } == ["balancer lb1 is restarting (pgbc logs lb1 shows why)"]
        )
        #expect(
            sentences {
                $0.balancers[0].container = nil
                $0.balancers[0].pool = nil
            } == ["balancer lb1 has no container (pgbc apply shop creates it)"]
        )
    }

    @Test func `what runs and does not answer`() {
        #expect(
            sentences {
                $0.balancers[0].nodes[1].postgres = nil
                $0.balancers[0].nodes[1].postgresError = "connection refused"
            } == [
                "lb1-replica1 runs, but PostgreSQL does not answer: connection refused (pgbc logs lb1-replica1 shows why)"
            ]
        )
        #expect(
            sentences {
                $0.balancers[0].pool = nil
                $0.balancers[0].poolError = "no answer in 5 s"
            } == ["balancer lb1 runs and does not answer: no answer in 5 s (pgbc logs lb1 shows why)"]
        )
    }

    @Test func `no primary, two primaries, and a primary that was not agreed on`() {
        #expect(
            sentences { $0.balancers[0].nodes[0].postgres?.role = .replica }.first
                == "lb1 has no primary, so it accepts no writes"
        )
        #expect(
            sentences { $0.balancers[0].nodes[1].postgres?.role = .primary }.first
                == "lb1 has 2 primaries: lb1-primary and lb1-replica1 (stop the one that must not accept writes before anything else is done)"
        )
        #expect(
            sentences { $0.balancers[0].record = PrimaryRecord(term: 2, node: 1) }
                == ["lb1-primary is a primary, but the nodes of lb1 were told that it is lb1-replica1 (term 2)"]
        )
    }

    @Test func `replication that does not go on`() {
        #expect(
            sentences { $0.balancers[0].nodes[1].postgres?.isStreaming = false }
                == ["lb1-replica1 does not stream from lb1-primary"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[0].postgres?.timeline = 2 }
                == ["lb1-replica1 is on timeline 1, lb1-primary on 2"]
        )
        #expect(
            sentences {
                $0.balancers[0].nodes[1].postgres?.position -= 42_047_898
                $0.balancers[0].nodes[1].postgres?.lagSeconds = 12.34
            } == ["lb1-replica1 is 40.1 MB, 12.3 s behind lb1-primary"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[1].postgres?.systemIdentifier = "8" }
                == [
                    "lb1-replica1 holds another database system than lb1-primary (remove this replica and add a new one)"
                ]
        )
    }

    @Test func `write-ahead log that is kept for a replica that is away`() {
        let slot = PostgresView.Slot(name: "pgbc_1", active: false, retainedBytes: 1 << 30, walStatus: "extended")
        #expect(
            sentences { $0.balancers[0].nodes[0].postgres?.slots = [slot] }
                == ["lb1-primary keeps 1.0 GB of WAL for lb1-replica1, which is away"]
        )
        var lost = slot
        lost.walStatus = "lost"
        #expect(
            sentences { $0.balancers[0].nodes[0].postgres?.slots = [lost] }
                == [
                    "lb1-primary no longer keeps what lb1-replica1 needs to catch up (remove lb1-replica1 and add a new replica)"
                ]
        )
    }

    @Test func `a node that the balancer does not use, and why`() {
        #expect(
            sentences { $0.balancers[0].pool?.nodes[1].status = "down" }
                == ["lb1-replica1 runs, but lb1 holds it down, so it gets no queries (pgbc logs lb1 shows why)"]
        )
        #expect(
            sentences { $0.balancers[0].pool?.nodes.removeLast() }
                == ["lb1-replica1 is not known to lb1 (pgbc apply attaches it)"]
        )
        #expect(
            sentences { $0.balancers[0].listedNodes = [0] } == [
                "lb1 was not told of lb1-replica1 (pgbc apply tells it)"
            ]
        )
        #expect(sentences { $0.balancers[0].pool?.nodes[1].status = "waiting" } == [])
    }

    @Test func `limits that are reached and settings that wait`() {
        #expect(
            sentences { $0.balancers[0].pool?.sessions = 16 }
                == ["lb1 uses all of its 16 sessions: further clients have to wait (raise num_init_children of lb1)"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[0].postgres?.connections = 95 }
                == ["lb1-primary uses 95 of its 100 connections"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[0].postgres?.pendingRestart = ["shared_buffers"] }
                == [
                    "lb1-primary has settings that wait for a restart: shared_buffers "
                        + "(pgbc rolling-restart shop --only-pending)"
                ]
        )
    }

    @Test func `settings that PostgreSQL refuses`() {
        #expect(
            sentences { $0.balancers[0].nodes[1].postgres?.refusedSettings = ["work_mem": "invalid value"] }
                == ["lb1-replica1 refuses work_mem: invalid value (pgbc configure takes it back)"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[1].refusedSettings = "could not map anonymous shared memory" }
                == [
                    "lb1-replica1 does not start with its new settings and runs with those before: "
                        + "could not map anonymous shared memory (pgbc configure takes them back)"
                ]
        )
    }

    @Test func `a node that somebody took out, or that a cut operation left out`() {
        let out = { (cluster: inout ObservedCluster, isAway: Bool) in
            cluster.balancers[0].pool?.nodes[1].status = "down"
            cluster.balancers[0].pool?.nodes[1].isDetached = true
            cluster.balancers[0].pool?.nodes[1].isAway = isAway
        }
        #expect(
            sentences { out(&$0, false) } == [
                "lb1-replica1 is out of lb1 for maintenance, so it gets no queries "
                    + "(pgbc maintenance lb1-replica1 off puts it back)"
            ]
        )
        #expect(
            sentences { out(&$0, true) } == [
                "lb1-replica1 was taken out of lb1 by an operation that did not put it back (pgbc apply shop puts it back)"
            ]
        )
    }

    @Test func `too few replicas for what sync promises`() {
        #expect(
            sentences { $0.balancers[0].spec.sync = 1 } == [
                "lb1 has 0 of 1 synchronous replicas: writes wait until there are enough "
                    + "(bring its replicas back; pgbc status says what is wrong with them)"
            ]
        )
        #expect(
            sentences {
                $0.balancers[0].spec.sync = 1
                $0.balancers[0].nodes[0].postgres?.followers = [
                    .init(name: "pgbc_1", state: "streaming", lagBytes: 0, sync: "quorum")
                ]
            } == []
        )
    }

    @Test func `what a balancer is in the middle of, and what is out of date`() {
        #expect(
            sentences { $0.balancers[0].operation = "switchover to 1" } == ["lb1 is busy with a switchover to 1"]
        )
        #expect(
            sentences { $0.balancers[0].hold = HoldView(isPaused: true, until: 9, waiting: 3, clients: 8) }
                == ["the clients of lb1 are held, and 3 of 8 wait (pgbc resume --balancer lb1 lets them go on)"]
        )
        #expect(
            sentences { $0.balancers[0].staleParameters = ["max_pool"] }
                == ["lb1 has not taken over max_pool yet (pgbc apply shop has it do so)"]
        )
        #expect(
            sentences { $0.balancers[0].nodes[1].container?.outdated = "was made by pgbc 0.1" }
                == ["lb1-replica1 was made by pgbc 0.1 (pgbc upgrade makes it anew)"]
        )
    }

    @Test func `what concerns the whole cluster`() {
        #expect(
            sentences {
                $0.isBeingDestroyed = true; $0.network = nil
            }
                == ["a destroy of shop was begun and not finished (pgbc destroy shop completes it)"]
        )
        #expect(sentences { $0.lockedBy = "pgbc on alpha" } == ["shop is being worked on by pgbc on alpha"])
        #expect(
            sentences { $0.network = nil }
                == ["the network \(topology.network.name) is gone (pgbc apply shop creates it again)"]
        )
        #expect(
            sentences { $0.strays = [ObservedContainer(id: "s", name: "shop_seed", state: .exited)] }
                == ["the container shop_seed was left behind by an interrupted run (pgbc apply shop removes it)"]
        )
    }

    @Test func `bytes are written for people`() {
        #expect([512, 2048, 42_047_898, 1 << 30].map(\.byteText) == ["512 B", "2.0 kB", "40.1 MB", "1.0 GB"])
    }
}
