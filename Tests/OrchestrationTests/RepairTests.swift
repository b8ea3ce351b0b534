import ClusterModel
import Testing

@Suite struct `A repair` {
    private func repair(_ observed: ObservedCluster) -> [String] {
        let plan = Planner(desired: .sample(replicas: 2), observed: observed, prune: true).plan()
        return plan.repairing(observed).steps.map(\.id)
    }

    private func cluster(_ change: (inout ObservedCluster) -> Void) -> ObservedCluster {
        var observed = ObservedCluster.healthy(.sample(replicas: 2))
        change(&observed)
        return observed
    }

    @Test func `of a healthy cluster is nothing`() {
        #expect(repair(cluster { _ in }).isEmpty)
    }

    @Test func `starts what is stopped, makes what is gone, and waits for neither`() {
        let observed = cluster {
            $0.balancers[0].nodes[1].container?.state = .exited
            $0.balancers[0].nodes[1].postgres = nil
            $0.balancers[0].nodes[2].container = nil
            $0.balancers[0].nodes[2].postgres = nil
            $0.balancers[0].container = nil
            $0.balancers[0].pool = nil
        }
        #expect(
            repair(observed) == [
                "start:shop_replica1", "create:shop_replica2", "start:shop_replica2", "create:shop_lb1",
                "start:shop_lb1",
            ]
        )
    }

    @Test func `connects what is cut off from the network, before it starts it`() {
        let observed = cluster {
            $0.balancers[0].nodes[1].container?.isCutOff = true
            $0.balancers[0].nodes[1].postgres = nil
            $0.balancers[0].container?.isCutOff = true
            $0.balancers[0].container?.state = .exited
            $0.balancers[0].pool = nil
        }
        #expect(repair(observed) == ["connect:shop_replica1", "connect:shop_lb1", "start:shop_lb1"])
        #expect(observed.findings.map(\.kind) == ["balancer_down", "node_cut_off"])
    }

    @Test func `leaves a node alone that somebody took out by hand`() {
        let observed = cluster {
            $0.balancers[0].nodes[1].container?.state = .exited
            $0.balancers[0].nodes[1].postgres = nil
            $0.balancers[0].pool?.nodes[1].isDetached = true
            $0.balancers[0].pool?.nodes[1].status = "down"
        }
        #expect(repair(observed).isEmpty)
    }

    @Test func `makes nothing anew that runs, because that has to be one after the other`() {
        var observed = cluster {
            $0.topology?.image = "postgres:15.9"
            $0.balancers[0].nodes[2].container?.state = .exited
            $0.balancers[0].nodes[2].postgres = nil
        }
        func steps() -> [String] {
            guard let wanted = observed.topology else { return [] }
            return Planner(desired: wanted, observed: observed, prune: true).plan().repairing(observed).steps.map(\.id)
        }
        #expect(steps() == ["remove:shop_replica2", "create:shop_replica2", "start:shop_replica2"])
        observed.balancers[0].pool?.nodes[2].isDetached = true
        #expect(steps().isEmpty)
    }

    @Test(arguments: [UpgradeRecord.Phase.begun, .serving, .undoing])
    func `leaves a major upgrade alone that was cut, whose steps have to be waited for`(phase: UpgradeRecord.Phase) {
        let observed = cluster {
            $0.balancers[0].upgrade = UpgradeRecord.sample.at(phase)
            $0.balancers[0].nodes[0].container?.state = .exited
            $0.balancers[0].nodes[0].postgres = nil
            $0.balancers[0].nodes[1].container = nil
            $0.balancers[0].nodes[1].postgres = nil
        }
        #expect(Set(repair(observed)).subtracting(["wanted"]).isEmpty)
    }

    @Test func `puts back what an operation had taken out, once it has caught up`() {
        let running = cluster {
            $0.balancers[0].pool?.nodes[1].isDetached = true
            $0.balancers[0].pool?.nodes[1].isAway = true
            $0.balancers[0].pool?.nodes[1].status = "down"
        }
        #expect(repair(running) == ["attach:lb1:1"])
        var stopped = running
        stopped.balancers[0].nodes[1].container?.state = .exited
        stopped.balancers[0].nodes[1].postgres = nil
        #expect(repair(stopped) == ["start:shop_replica1"])
    }
}

@Suite struct `A watcher` {
    private let name = WatcherName.container("shop")

    @Test func `is made and verified, in the place of an older one`() {
        var observed = ObservedCluster.healthy(.sample())
        #expect(
            Plan.installWatcher(observed, arguments: []).steps.map(\.id) == [
                "create:shop_watch", "start:shop_watch", "watching",
            ]
        )
        observed.watcher = .running(name)
        #expect(Plan.installWatcher(observed, arguments: []).steps.first?.id == "remove:shop_watch")
        #expect(Plan.removeWatcher(observed).steps.map(\.id) == ["remove:shop_watch"])
    }

    @Test func `goes before all else when its cluster is destroyed, so that it brings nothing back`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.watcher = .running(name)
        let plan = Plan.destroy(observed, keepData: true)
        #expect(plan.steps.first?.id == "remove:shop_watch")
        #expect(plan.steps.first { $0.id == "remove:shop_lb1" }?.dependencies == ["remove:shop_watch"])
    }

    @Test func `that has ended is told of`() {
        var observed = ObservedCluster.healthy(.sample())
        observed.watcher = .running(name)
        #expect(observed.findings.isEmpty)
        observed.watcher?.state = .exited
        #expect(observed.findings.map(\.sentence) == ["the watcher shop_watch is exited"])
    }
}
