internal import ClusterModel

// Major upgrades: a node's data of the old version stays beside that of the new one until somebody says which.

extension SimulatedCluster {
    mutating func upgrade(_ action: Step.Action) throws(SimulatedFault) {
        switch action {
        case .checkUpgrade(let name, let upgrade):
            guard balancer(name)?.node(upgrade.node)?.isWritable == true else {
                throw .wouldFail("the primary of \(name) does not answer")
            }
        case .noteUpgrade(let name, let upgrade):
            guard let index = index(of: name) else { throw .wouldFail("there is no balancer \(name)") }
            balancers[index].upgrade = upgrade
        case .upgradeData(let name, let upgrade): try upgradeData(name, upgrade)
        case .undoUpgrade(let name, let upgrade): try undoUpgrade(name, upgrade)
        case .commitUpgrade(let name, _):
            guard let index = index(of: name) else { throw .wouldFail("there is no balancer \(name)") }
            for number in balancers[index].nodes.indices { balancers[index].nodes[number].oldData = nil }
        default: throw .wouldFail("the simulation does not know this step")
        }
    }

    private mutating func upgradeData(_ name: String, _ upgrade: UpgradeRecord) throws(SimulatedFault) {
        let index = try indexOfStopped(name)
        guard let number = balancers[index].index(of: upgrade.node), let data = balancers[index].nodes[number].data
        else { throw .wouldFail("node \(upgrade.node) of \(name) has no data") }
        guard balancers[index].nodes[number].oldData == nil else { return }
        for other in balancers[index].nodes.indices {
            balancers[index].nodes[other].oldData = balancers[index].nodes[other].data
            balancers[index].nodes[other].data = nil
            balancers[index].nodes[other].major = upgrade.toMajor
        }
        balancers[index].nodes[number].data = data
        tell("the data of \(balancers[index].nodes[number].spec.host) is of PostgreSQL \(upgrade.toMajor)")
    }

    private mutating func undoUpgrade(_ name: String, _ upgrade: UpgradeRecord) throws(SimulatedFault) {
        let index = try indexOfStopped(name)
        for number in balancers[index].nodes.indices {
            let old = balancers[index].nodes[number].oldData
            if old == nil, balancers[index].nodes[number].major != upgrade.toMajor { continue }
            balancers[index].nodes[number].data = old
            balancers[index].nodes[number].oldData = nil
            balancers[index].nodes[number].major = upgrade.fromMajor
        }
        let record = balancers[index].record ?? PrimaryRecord(term: 0, node: upgrade.node)
        if record.node != upgrade.node {
            balancers[index].record = PrimaryRecord(term: record.term + 1, node: upgrade.node)
        }
        // Whoever asks for this has been told that what was written since is lost.
        balancers[index].clients.lastAcknowledged = balancers[index].node(upgrade.node)?.data?.end
        balancers[index].clients.lastPromised = balancers[index].clients.lastAcknowledged
        tell("the data of \(name) is of PostgreSQL \(upgrade.fromMajor) again")
    }

    private func indexOfStopped(_ name: String) throws(SimulatedFault) -> Int {
        guard let index = index(of: name) else { throw .wouldFail("there is no balancer \(name)") }
        if let node = balancers[index].nodes.first(where: { $0.server != .down }) {
            throw .wouldFail("a server still runs on the volume of \(node.spec.host)")
        }
        return index
    }
}
