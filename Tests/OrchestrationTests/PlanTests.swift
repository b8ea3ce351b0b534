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
