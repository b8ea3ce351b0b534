import ClusterModel
import Testing

extension UpgradeRecord {
    /// From the default image to PostgreSQL 17, on a cluster of two nodes.
    static let sample = UpgradeRecord(
        from: [0: Topology.defaultNodeImage, 1: Topology.defaultNodeImage],
        to: "postgres:17",
        fromMajor: 15,
        toMajor: 17,
        node: 0
    )
}

@Suite struct `The plan of a major upgrade` {
    private func plan(
        _ upgrade: UpgradeRecord,
        topology: Topology = .sample(),
        _ change: (inout ObservedBalancer) -> Void = { _ in }
    ) -> Plan {
        var observed = ObservedCluster.healthy(topology)
        observed.balancers[0].upgrade = upgrade
        change(&observed.balancers[0])
        return Planner(desired: topology, observed: observed, prune: true).plan()
    }

    private func upgraded(_ topology: Topology = .sample()) -> Topology {
        var topology = topology
        topology.image = "postgres:17"
        return topology
    }

    @Test func `stops the replicas and then the primary, and brings the primary up first`() {
        #expect(
            plan(.sample).description == """
                + note that lb1 goes to PostgreSQL 17                   because a run that is cut is carried on by the next command
                + write down what shop is to be                         because image → postgres:17
                - stop replica1                                         because the data of PostgreSQL 15 has to stand still
                - stop primary                                          because the data of PostgreSQL 15 has to stand still
                + upgrade the data of primary from PostgreSQL 15 to 17  because image → postgres:17; the old data stays
                - remove shop_primary to make it anew                   because image → postgres:17
                + create node shop_primary                              because image → postgres:17
                + start shop_primary                                    because it was just created
                + wait until primary accepts writes                     because it is the primary, with PostgreSQL 17
                + note that lb1 runs PostgreSQL 17                      because from here on going back would lose writes
                + wait until lb1 accepts a write                        because its primary was away
                - remove shop_replica1 to make it anew                  because image → postgres:17
                + create node shop_replica1                             because image → postgres:17
                + start shop_replica1                                   because it was just created
                + wait until replica1 streams                           because a replica counts when it replicates
                + wait until lb1 shows primary up                       because it is to receive reads
                + wait until lb1 shows replica1 up                      because it is to receive reads
                + note that the upgrade of lb1 is complete              because the old data stays until pgbc upgrade --commit or --rollback
                """
        )
    }

    @Test func `holds clients where that can be done, from before the first stop until the primary accepts writes`() {
        var topology = Topology.sample()
        topology.balancers[0].hold = true
        let ids = plan(.sample, topology: topology).steps.map(\.id)
        #expect(ids.firstIndex(of: "pause:lb1").map { $0 < ids.firstIndex(of: "stop:lb1:1") ?? 0 } == true)
        #expect(ids.firstIndex(of: "resume:lb1").map { $0 > ids.firstIndex(of: "serving:lb1") ?? 99 } == true)
    }

    @Test func `that was cut after the primary came up only brings the others along`() {
        let topology = upgraded()
        let plan = plan(.sample.at(.serving), topology: topology) { balancer in
            balancer.nodes[1].spec.image = Topology.defaultNodeImage
            balancer.nodes[1].container = nil
        }
        #expect(
            plan.steps.map(\.id) == [
                "upgrade:lb1", "streaming:lb1:0", "balancer:lb1", "create:shop_replica1", "start:shop_replica1",
                "streaming:lb1:1", "attached:lb1:0", "attached:lb1:1", "upgraded:lb1",
            ]
        )
    }

    @Test func `that is taken back puts the old images back and makes the old primary the primary`() {
        let plan = plan(.sample.at(.undoing), topology: upgraded())
        #expect(plan.desired == .sample())
        #expect(
            plan.steps.map(\.id) == [
                "upgrade:lb1", "wanted", "stop:lb1:1", "stop:lb1:0", "undo:lb1", "remove:shop_primary",
                "create:shop_primary", "start:shop_primary", "streaming:lb1:0", "balancer:lb1",
                "remove:shop_replica1", "create:shop_replica1", "start:shop_replica1", "streaming:lb1:1",
                "attached:lb1:0", "attached:lb1:1", "upgraded:lb1",
            ]
        )
    }

    @Test func `that is complete is left alone, and one that is committed loses its old data`() {
        #expect(plan(.sample.at(.complete), topology: upgraded()).isEmpty)
        let ids = plan(.sample.at(.committing), topology: upgraded()).steps.map(\.id)
        #expect(ids == ["upgrade:lb1", "commit:lb1", "upgraded:lb1"])
    }

    @Test(arguments: [
        (UpgradeRecord.Phase.begun, "pgbc upgrade --image postgres:17 goes on, --rollback takes it back"),
        (.undoing, "pgbc upgrade --rollback goes on"), (.committing, "pgbc upgrade --commit goes on"),
    ]) func `that was cut says what goes on with it`(phase: UpgradeRecord.Phase, advice: String) {
        var observed = ObservedCluster.healthy(.sample())
        observed.balancers[0].upgrade = UpgradeRecord.sample.at(phase)
        #expect(observed.findings.first { $0.kind == "upgrade_unfinished" }?.advice == advice)
    }

    @Test func `gives images to one balancer alone, and writes them as shortly as it can`() {
        var topology = Topology.sample(replicas: 1)
        topology.setImages(of: "lb1") { _ in "postgres:17" }
        #expect(topology == upgraded())
        topology.setImages(of: "lb1") { $0 == 0 ? "postgres:17" : "postgres:18" }
        #expect(topology.balancers[0].nodes.map { topology.resolved($0).image } == ["postgres:17", "postgres:18"])
        topology.setImages(of: "lb1") { _ in Topology.defaultNodeImage }
        #expect(topology == .sample())
    }
}
