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
                + write down what shop is to be              because the next command reads it, from any directory
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
                "wanted", "list:lb1", "create:shop_replica2", "start:shop_replica2", "streaming:lb1:2",
                "attached:lb1:2",
            ]
        )
    }

    @Test func `for a replica less lets the balancer go of it before it is removed`() {
        let plan = plan(.sample(replicas: 1), .healthy(.sample(replicas: 2)), prune: true)
        #expect(
            plan.description
                == """
                + write down what shop is to be       because replica2 goes
                - take replica2 off the list of lb1   because it is no longer wanted
                - wait until lb1 lets go of replica2  because replica2 is no longer wanted
                - remove shop_replica2                because replica2 is no longer wanted
                - remove volume shop_replica2_data    because replica2 is no longer wanted
                """.replacing("- take", with: "+ take")
        )
        #expect(plan.steps[3].dependencies == ["unlist:lb1", "detached:replica2"])
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

    @Test func `tells a running balancer of other parameters, and its nodes of a larger pool`() {
        var wanted = Topology.sample()
        wanted.balancers[0].parameters["num_init_children"] = "64"
        #expect(
            plan(wanted, .healthy(.sample())).description == """
                + write down what shop is to be    because num_init_children → 64
                + have replica1 read its settings  because max_connections 148 → 276
                + have primary read its settings   because max_connections 148 → 276
                + have lb1 read its parameters     because num_init_children → 64
                note: max_connections of lb1 takes effect with a restart: pgbc rolling-restart shop --only-pending
                """
        )
    }

    @Test func `writes again what a run that was cut had only half written`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.isHalfWritten = true
        #expect(
            plan(.sample(), observed).description == """
                + write down what shop is to be  because what its containers read says something else, as after a run that was cut
                """
        )
    }

    @Test func `leaves the connections of the nodes alone when the pool gets smaller`() {
        var wanted = Topology.sample()
        wanted.balancers[0].parameters["num_init_children"] = "8"
        let plan = plan(wanted, .healthy(.sample()))
        #expect(plan.steps.map(\.id) == ["wanted", "reload:lb1"])
        #expect(plan.desired?.balancers[0].settings["max_connections"] == "148")
    }

    @Test func `has a balancer read again what it does not have in force yet`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].staleParameters = ["max_pool"]
        #expect(plan(.sample(), observed).steps.map(\.id) == ["reload:lb1"])
    }

    @Test func `makes a balancer anew when clients are to be held`() {
        var wanted = Topology.sample()
        wanted.balancers[0].hold = true
        #expect(
            plan(wanted, .healthy(.sample())).steps.map(\.id) == [
                "wanted", "remove:shop_lb1", "create:shop_lb1", "start:shop_lb1", "balancer:lb1", "attached:lb1:0",
                "attached:lb1:1",
            ]
        )
    }

    @Test func `only writes down how many replicas must have each transaction`() {
        var wanted = Topology.sample()
        wanted.balancers[0].sync = 1
        wanted.balancers[0].whenShort = .degrade
        #expect(
            plan(wanted, .healthy(.sample())).description
                == "+ write down what shop is to be  because sync 0 → 1, when_short → degrade"
        )
    }

    @Test func `tells running nodes of other settings and makes none of them anew`() {
        var wanted = Topology.sample()
        wanted.balancers[0].replicas[0].settings["work_mem"] = "8MB"
        #expect(
            plan(wanted, .healthy(.sample())).description == """
                + write down what shop is to be    because work_mem → 8MB
                + have replica1 read its settings  because work_mem → 8MB
                """
        )
    }

    @Test func `replaces changed nodes one at a time, after the primary of the moment has handed over`() {
        var wanted = Topology.sample(replicas: 2)
        wanted.image = "postgres:15.9"
        var observed = ObservedCluster.healthy(.sample(replicas: 2))
        observed.balancers[0].record = PrimaryRecord(term: 2, node: 1)
        observed.balancers[0].nodes[0].postgres = .healthy(primary: false)
        observed.balancers[0].nodes[1].postgres = .healthy(primary: true)
        #expect(
            plan(wanted, observed).description == """
                + write down what shop is to be             because image → postgres:15.9
                - take primary out of lb1                   because its container is made anew
                - remove shop_primary to make it anew       because its image changed; its data is kept
                + create node shop_primary                  because its image changed
                + start shop_primary                        because it was just created
                + wait until primary streams                because a replica counts when it replicates
                + put primary back into lb1                 because it was taken out to be made anew
                - take replica2 out of lb1                  because its container is made anew
                - remove shop_replica2 to make it anew      because its image changed; its data is kept
                + create node shop_replica2                 because its image changed
                + start shop_replica2                       because it was just created
                + wait until replica2 streams               because a replica counts when it replicates
                + put replica2 back into lb1                because it was taken out to be made anew
                + switch lb1 over from replica1 to primary  because replica1 is to be made anew
                - take replica1 out of lb1                  because its container is made anew
                - remove shop_replica1 to make it anew      because its image changed; its data is kept
                + create node shop_replica1                 because its image changed
                + start shop_replica1                       because it was just created
                + wait until replica1 streams               because a replica counts when it replicates
                + put replica1 back into lb1                because it was taken out to be made anew
                """
        )
    }

    @Test func `replaces one node after the other`() {
        var wanted = Topology.sample(replicas: 2)
        wanted.image = "postgres:15.9"
        let plan = plan(wanted, .healthy(.sample(replicas: 2)))
        let after = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0.dependencies) })
        #expect(after["detach:lb1:1"] == ["wanted"])
        #expect(after["detach:lb1:2"] == ["attach:lb1:1", "wanted"])
        #expect(after["switchover:lb1"] == ["attach:lb1:2", "wanted"])
        #expect(after["detach:lb1:0"] == ["attach:lb1:2", "wanted", "switchover:lb1"])
    }

    @Test func `replaces what does not run at once, and the primary does not wait for replicas that need it`() {
        var wanted = Topology.sample(replicas: 1)
        var observed = ObservedCluster.healthy(wanted)
        wanted.balancers[0].port += 10_000
        wanted.balancers[0].primary.port += 10_000
        wanted.balancers[0].replicas[0].port += 10_000
        observed.balancers[0].container?.state = .created
        observed.balancers[0].pool = nil
        for index in 0...1 {
            observed.balancers[0].nodes[index].container?.state = .created
            observed.balancers[0].nodes[index].postgres = nil
        }
        let plan = plan(wanted, observed)
        let removals = plan.steps.filter { $0.id.hasPrefix("remove:") }
        #expect(removals.map(\.id) == ["remove:shop_primary", "remove:shop_replica1", "remove:shop_lb1"])
        #expect(removals.prefix(2).map(\.dependencies) == [["wanted"], ["wanted"]], "\(plan)")
    }

    @Test func `keeps the order of a fresh balancer, whose replicas wait for its primary`() {
        let wanted = Topology.sample(replicas: 1)
        var observed = ObservedCluster.healthy(wanted)
        (observed.balancers[0].record, observed.balancers[0].listedNodes) = (nil, nil)
        observed.balancers[0].nodes[1].container?.state = .created
        let waits = plan(wanted, observed).steps.filter { $0.id.hasPrefix("primary:") }
        #expect(waits.map(\.title) == ["wait until primary accepts writes"])
    }

    @Test func `tells nodes of the addresses that the list does not have, whatever their labels say`() {
        let wanted = Topology.sample(replicas: 1)
        var observed = ObservedCluster.healthy(wanted)
        #expect(plan(wanted, observed).isEmpty)
        observed.balancers[0].listedAddresses = [
            0: wanted.balancers[0].primary.address, 1: wanted.network.subnet.host(77),
        ]
        #expect(plan(wanted, observed).steps.map(\.id) == ["list:lb1"])
    }

    @Test func `takes surplus nodes along when the network is another one`() throws {
        let made = Topology.sample(replicas: 2)
        var observed = ObservedCluster.healthy(made)
        observed.network = nil
        observed.balancers[0].container = nil
        for index in 0...2 { observed.balancers[0].nodes[index].container = nil }
        var wanted = Topology.sample(replicas: 1)
        wanted.network.subnet = try #require(Subnet("10.100.0.0/16"))
        wanted.settings = ["work_mem": "8MB"]
        let surplus = try #require(plan(wanted, observed).desired?.balancers[0].replicas.last)
        #expect(surplus.id == 2 && surplus.address.description == "10.100.1.22")
        #expect(
            surplus.settings["work_mem"] == "8MB",
            "what it inherits it has, or the next look would find it changed"
        )
        wanted.balancers[0].name = "lb2"
        let kept = try #require(plan(wanted, observed).desired?.balancer("lb1"))
        #expect(([kept.address] + kept.nodes.map(\.address)).allSatisfy(wanted.network.subnet.contains))
    }

    @Test func `replaces what runs after all that does not`() {
        var wanted = Topology.sample(replicas: 3)
        var observed = ObservedCluster.healthy(wanted)
        for index in 0...2 { wanted.balancers[0].replicas[index].port += 100 }
        observed.balancers[0].pool = nil
        for index in [0, 2] {
            observed.balancers[0].nodes[index].container?.state = .exited
            observed.balancers[0].nodes[index].postgres = nil
        }
        let removals = plan(wanted, observed).steps.filter { $0.id.hasPrefix("remove:") }
        #expect(
            removals.map { "\($0.id) after \($0.dependencies.joined(separator: " "))" } == [
                "remove:shop_replica2 after wanted",
                "remove:shop_replica1 after streaming:lb1:2 wanted",
                "remove:shop_replica3 after streaming:lb1:1 wanted",
            ]
        )
    }

    @Test func `replaces a primary that has no replica without a hand-over`() {
        var wanted = Topology.sample(replicas: 0)
        wanted.balancers[0].primary.port = 25432
        #expect(
            plan(wanted, .healthy(.sample(replicas: 0))).steps.map(\.id) == [
                "wanted", "remove:shop_primary", "create:shop_primary", "start:shop_primary", "streaming:lb1:0",
                "attached:lb1:0",
            ]
        )
    }

    @Test func `does not put back a node that somebody took out by hand, when it is made anew`() {
        var wanted = Topology.sample()
        wanted.balancers[0].replicas[0].port = 25433
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].pool?.nodes[1].status = "down"
        observed.balancers[0].pool?.nodes[1].isDetached = true
        #expect(
            plan(wanted, observed).steps.map(\.id) == [
                "wanted", "remove:shop_replica1", "create:shop_replica1", "start:shop_replica1", "streaming:lb1:1",
            ]
        )
    }

    @Test func `has a primary hand over before it is taken away`() {
        let wanted = Topology.sample(replicas: 1)
        var observed = ObservedCluster.healthy(.sample(replicas: 2))
        observed.balancers[0].record = PrimaryRecord(term: 2, node: 2)
        observed.balancers[0].nodes[0].postgres = .healthy(primary: false)
        observed.balancers[0].nodes[2].postgres = .healthy(primary: true)
        let plan = plan(wanted, observed, prune: true)
        #expect(plan.steps.contains { $0.action == .switchover(balancer: "lb1", to: 0, seconds: 10) })
        #expect(plan.steps.first { $0.id == "unlist:lb1" }?.dependencies == ["wanted", "switchover:lb1"])
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
        #expect(removals.map(\.dependencies) == [["wanted", "list:lb1", "streaming:lb1:2", "streaming:lb1:3"]])
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
        #expect(plan.steps.map(\.action) == [.writeWanted, .writeNodeList(balancer: "lb1", nodes: [0, 1, 2])])
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
        #expect(unlist?.dependencies == ["wanted"])
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
        let step = plan(wanted, .healthy(.sample())).steps.last
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
    @Test func `marks the cluster first, and keeps a container by which the mark can be read until all data is gone`() {
        let ids = Plan.destroy(.healthy(.sample()), keepData: false).steps.map(\.id)
        #expect(
            ids == [
                "mark", "remove:shop_primary", "volume:shop_primary_data", "remove:shop_replica1",
                "volume:shop_replica1_data", "remove:shop_lb1", "volume:shop_control", "network",
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

@Suite struct `A plan after a run that was cut` {
    private func away() -> ObservedCluster {
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].pool?.nodes[1].status = "down"
        observed.balancers[0].pool?.nodes[1].isDetached = true
        observed.balancers[0].pool?.nodes[1].isAway = true
        return observed
    }

    @Test func `puts a node back that an operation had taken out`() {
        let plan = Planner(desired: .sample(), observed: away(), prune: false).plan()
        #expect(plan.steps.map(\.id) == ["attach:lb1:1", "attached:lb1:1"])
    }

    @Test func `begins again with the replacement of that node`() {
        var wanted = Topology.sample()
        wanted.balancers[0].replicas[0].image = "postgres:15.9"
        let ids = Planner(desired: wanted, observed: away(), prune: false).plan().steps.map(\.id)
        #expect(ids.contains("detach:lb1:1") && ids.contains("attach:lb1:1"))
        #expect(Set(ids).count == ids.count)
    }
}

@Suite struct `A change that is refused` {
    @Test func `is two nodes that swap their ports and addresses, each of which is told what to do first`() {
        var wanted = Topology.sample(replicas: 2)
        wanted.balancers[0].replicas[0].port = 15434
        wanted.balancers[0].replicas[1].port = 15433
        #expect(
            ObservedCluster.healthy(.sample(replicas: 2)).refusals(of: wanted) == [
                "port: shop_replica1 cannot take 15434 while shop_replica2 has it; "
                    + "give shop_replica2 another one first, and apply that",
                "port: shop_replica2 cannot take 15433 while shop_replica1 has it; "
                    + "give shop_replica1 another one first, and apply that",
            ]
        )
    }

    @Test func `is not one that takes a free port`() {
        var wanted = Topology.sample()
        wanted.balancers[0].replicas[0].port = 25433
        #expect(ObservedCluster.healthy(.sample()).refusals(of: wanted).isEmpty)
    }
}
