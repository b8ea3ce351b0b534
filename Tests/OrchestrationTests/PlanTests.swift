import ClusterModel
import Testing

@Suite struct `A plan` {
    private func plan(_ desired: Topology, _ observed: ObservedCluster, prune: Bool = false) -> Plan {
        Planner(desired: desired, observed: observed, prune: prune).plan()
    }

    @Test func `for a cluster that is not there creates, seeds, starts and waits`() {
        let plan = plan(.sample(), ObservedCluster(name: "shop"))
        #expect(
            plan.description == """
                + create network shop_net (172.31.0.0/16)    because cluster shop has none
                + write secrets and node lists               because the cluster's containers read them when they start
                + begin to initialise the data of lb1        because lb1 holds no data yet
                + wait until the data of lb1 is initialised  because its nodes start from it
                + create node shop_primary                   because it is wanted and is not there
                + start shop_primary                         because it was just created
                + wait until primary accepts writes          because everything of lb1 follows its primary
                + create node shop_replica1                  because it is wanted and is not there
                + start shop_replica1                        because it was just created
                + wait until replica1 streams                because a replica counts when it replicates
                + create balancer shop_lb1                   because balancer lb1 is wanted and is not there
                + start shop_lb1                             because it was just created
                + wait until lb1 accepts a write             because shop_lb1 was just started
                + wait until lb1 shows primary up            because it is to receive reads
                + wait until lb1 shows replica1 up           because it is to receive reads
                """
        )
    }

    @Test func `for a healthy cluster is empty, also when what is not wanted would be taken away`() {
        let wanted = Topology.sample(replicas: 2)
        #expect(plan(wanted, .healthy(wanted)).isEmpty)
        #expect(plan(wanted, .healthy(wanted), prune: true).isEmpty)
    }

    @Test func `for one more replica lists, creates, starts and attaches it`() {
        let plan = plan(.sample(replicas: 2), .healthy(.sample(replicas: 1)), prune: true)
        #expect(
            plan.steps.map(\.id) == [
                "list:lb1", "create:shop_replica2", "start:shop_replica2", "streaming:lb1:2", "attached:lb1:2",
            ]
        )
    }

    @Test func `for a replica less lets the balancer go of it before it is removed`() {
        let plan = plan(.sample(replicas: 1), .healthy(.sample(replicas: 2)), prune: true)
        #expect(
            plan.description
                == """
                - take replica2 off the list of lb1   because it is no longer wanted
                - wait until lb1 lets go of replica2  because replica2 is no longer wanted
                - remove shop_replica2                because replica2 is no longer wanted
                - remove volume shop_replica2_data    because replica2 is no longer wanted
                """.replacing("- take", with: "+ take")
        )
        #expect(plan.steps[2].dependencies == ["unlist:lb1", "detached:replica2"])
    }

    @Test func `without pruning leaves alone what is there and not wanted`() {
        #expect(plan(.sample(replicas: 1), .healthy(.sample(replicas: 2))).isEmpty)
    }

    @Test func `starts a stopped node and waits until it streams again`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].nodes[1].container?.state = .exited
        observed.balancers[0].nodes[1].postgres = nil
        #expect(
            plan(.sample(), observed).steps.map(\.id) == [
                "start:shop_replica1", "streaming:lb1:1", "attached:lb1:1",
            ]
        )
    }

    @Test func `makes a balancer anew when its parameters changed, and leaves its nodes alone`() {
        var wanted = Topology.sample()
        wanted.balancers[0].parameters["num_init_children"] = "8"
        #expect(
            plan(wanted, .healthy(.sample())).steps.map(\.id) == [
                "remove:shop_lb1", "create:shop_lb1", "start:shop_lb1", "balancer:lb1", "attached:lb1:0",
                "attached:lb1:1",
            ]
        )
    }

    @Test func `replaces changed nodes one at a time, the primary of the moment last`() {
        var wanted = Topology.sample(replicas: 2)
        wanted.balancers[0].primary.settings["work_mem"] = "8MB"
        for index in 0..<2 { wanted.balancers[0].replicas[index].settings["work_mem"] = "8MB" }
        var observed = ObservedCluster.healthy(.sample(replicas: 2))
        observed.balancers[0].record = PrimaryRecord(term: 2, node: 1)
        let removals = plan(wanted, observed).steps.filter { $0.id.hasPrefix("remove:") }
        #expect(removals.map(\.id) == ["remove:shop_primary", "remove:shop_replica2", "remove:shop_replica1"])
        #expect(removals.map(\.dependencies) == [[], ["streaming:lb1:0"], ["streaming:lb1:2"]])
    }

    @Test func `waits for a balancer that runs and does not answer yet, and for a node that it does not hold`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].pool = nil
        #expect(plan(.sample(), observed).steps.map(\.id) == ["balancer:lb1", "attached:lb1:0", "attached:lb1:1"])
        observed.balancers[0].pool = PoolView(nodes: [.serving(0)])
        #expect(plan(.sample(), observed).steps.map(\.id) == ["attached:lb1:1"])
    }

    @Test func `leaves a node alone that somebody took out of the balancer by hand`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].pool?.nodes[1].status = "down"
        observed.balancers[0].pool?.nodes[1].isDetached = true
        #expect(plan(.sample(), observed).isEmpty)
    }

    @Test func `makes the user's own pgBalancer anew once for all new nodes`() {
        var wanted = Topology.sample(replicas: 3)
        wanted.balancers[0].image = "pgbalancer:latest"
        var running = Topology.sample(replicas: 1)
        running.balancers[0].image = "pgbalancer:latest"
        let removals = plan(wanted, .healthy(running)).steps.filter { $0.id == "remove:shop_lb1" }
        #expect(removals.map(\.dependencies) == [["list:lb1", "streaming:lb1:2", "streaming:lb1:3"]])
    }

    @Test func `makes the user's own pgBalancer anew before a node is taken away`() {
        var wanted = Topology.sample(replicas: 1)
        wanted.balancers[0].image = "pgbalancer:latest"
        var running = Topology.sample(replicas: 2)
        running.balancers[0].image = "pgbalancer:latest"
        let plan = plan(wanted, .healthy(running), prune: true)
        let removal = plan.steps.first { $0.id == "detached:replica2" }
        #expect(plan.steps.contains { $0.id == "create:shop_lb1" })
        #expect(removal?.dependencies == ["unlist:lb1", "balancer:lb1"])
    }

    @Test func `without pruning keeps surplus nodes on the list that it writes`() {
        var wanted = Topology.sample(replicas: 1)
        wanted.balancers[0].replicas[0].weight = 2
        let plan = plan(wanted, .healthy(.sample(replicas: 2)))
        #expect(plan.steps.first?.action == .writeNodeList(balancer: "lb1", nodes: [0, 1, 2]))
        #expect(plan.desired?.balancers[0].nodes.map(\.id) == [0, 1, 2])
    }

    @Test func `makes every container anew when ports are to be bound elsewhere`() {
        var wanted = Topology.sample()
        wanted.bindAddress = "0.0.0.0"
        let removed = plan(wanted, .healthy(.sample())).steps.map(\.id).filter { $0.hasPrefix("remove:") }
        #expect(removed == ["remove:shop_replica1", "remove:shop_primary", "remove:shop_lb1"])
    }

    @Test func `removes a replica also while another one is broken`() {
        var observed = ObservedCluster.healthy(.sample(replicas: 2))
        observed.balancers[0].nodes[1].postgres = nil
        observed.balancers[0].pool?.nodes[1].status = "down"
        let unlist = plan(.sample(replicas: 1), observed, prune: true).steps.first { $0.id == "unlist:lb1" }
        #expect(unlist?.dependencies == [])
    }

    @Test func `begins a new seed only when the one that was cut is gone`() {
        var observed = ObservedCluster(name: "shop")
        observed.strays = [.running("shop_lb1_seed")]
        let seed = plan(.sample(), observed).steps.first { $0.id == "seed:lb1" }
        #expect(seed?.dependencies == ["control", "remove:shop_lb1_seed"])
    }

    @Test func `tells the balancer of a new weight`() {
        var wanted = Topology.sample()
        wanted.balancers[0].replicas[0].weight = 3
        let step = plan(wanted, .healthy(.sample())).steps.first
        #expect(step?.action == .writeNodeList(balancer: "lb1", nodes: [0, 1]))
        #expect(step?.cause == "the address or the weight of replica1 changed")
    }

    @Test func `puts every step behind the steps that it depends on`() {
        let plans = [
            plan(.sample(replicas: 3), ObservedCluster(name: "shop")),
            plan(.sample(replicas: 3), .healthy(.sample(replicas: 1)), prune: true),
            Plan.destroy(.healthy(.sample(replicas: 3)), keepData: false),
            Plan.destroy(.healthy(.sample(replicas: 3)), keepData: true),
        ]
        for plan in plans {
            var before: Set<String> = []
            for step in plan.steps {
                #expect(before.isSuperset(of: step.dependencies), "\(step.id)")
                #expect(before.insert(step.id).inserted, "\(step.id) stands twice")
            }
        }
    }
}

@Suite struct `A plan to destroy` {
    @Test func `marks the cluster first and removes its control volume last but for the network`() {
        let ids = Plan.destroy(.healthy(.sample()), keepData: false).steps.map(\.id)
        #expect(
            ids == [
                "mark", "remove:shop_lb1", "remove:shop_primary", "volume:shop_primary_data", "remove:shop_replica1",
                "volume:shop_replica1_data", "volume:shop_control", "network",
            ]
        )
    }

    @Test func `keeps every volume and stops the balancer before its nodes when data is to be kept`() {
        let plan = Plan.destroy(.healthy(.sample()), keepData: true)
        #expect(plan.steps.map(\.id) == ["remove:shop_lb1", "remove:shop_primary", "remove:shop_replica1", "network"])
        #expect(plan.steps[1].dependencies == ["remove:shop_lb1"])
        #expect(plan.steps[0].action == .removeContainer(name: "shop_lb1", graceful: true))
    }
}
