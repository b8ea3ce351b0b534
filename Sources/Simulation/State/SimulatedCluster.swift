internal import ClusterModel

/// One cluster in memory, as far as plans are concerned: what exists, what runs, and who is primary.
struct SimulatedCluster: Sendable {
    var observed: ObservedCluster

    init(_ observed: ObservedCluster) { self.observed = observed }

    /// Does to the cluster what a step would do, or says why it cannot be done now.
    mutating func perform(_ action: Step.Action, desired: Topology?) throws(SimulatedFault) {
        switch action {
        case .createNetwork:
            guard let desired else { throw .noTopology }
            observed.network = ObservedNetwork(
                id: "simulated",
                name: desired.network.name,
                subnet: desired.network.subnet.description
            )
        case .writeControl: observed.volumes.insert(VolumeName.control(observed.name))
        case .markDestroying: observed.isBeingDestroyed = true
        case .removeNetwork: observed.network = nil
        case .removeVolume(let name): try removeVolume(name)
        case .removeContainer(let name, _): remove(name)
        case .start(let name): try start(name)
        case .writeNodeList(let name, let nodes): try change(name, desired) { $0.listedNodes = nodes }
        case .seed: break
        case .awaitSeed(let name): try seed(name, desired)
        case .createNode(let name, let id): try createNode(id, of: name, desired)
        case .createBalancer(let name):
            guard let desired, let spec = desired.balancer(name) else { throw .noTopology }
            try change(name, desired) { balancer in
                balancer.spec = desired.resolved(spec)
                balancer.container = ObservedContainer(
                    id: spec.containerName,
                    name: spec.containerName,
                    state: .created
                )
            }
        case .awaitPrimary(let name):
            guard balancer(name)?.primary != nil else { throw .wouldWaitForEver("no primary behind \(name)") }
        case .awaitStreaming(let name, let id):
            guard let node = balancer(name)?.nodes.first(where: { $0.spec.id == id }), node.postgres != nil else {
                throw .wouldWaitForEver("node \(id) of \(name) does not stream")
            }
        case .awaitBalancer(let name), .awaitAttached(let name, _):
            guard balancer(name)?.container?.state == .running, balancer(name)?.primary != nil else {
                throw .wouldWaitForEver("\(name) has no primary")
            }
        case .awaitDetached(let name, let id):
            guard balancer(name)?.listedNodes?.contains(id) != true else {
                throw .wouldWaitForEver("node \(id) is still listed")
            }
        }
        settle()
    }

    private func pool(of balancer: ObservedBalancer) -> PoolView? {
        guard balancer.container?.state == .running, balancer.record != nil else { return nil }
        return PoolView(
            nodes: balancer.nodes.filter { balancer.listedNodes?.contains($0.spec.id) == true }.map { node in
                PoolView.Node(
                    id: node.spec.id,
                    status: node.postgres == nil ? "down" : "up",
                    role: node.postgres?.role == .primary ? "primary" : "standby",
                    weight: 1,
                    selects: 0
                )
            }
        )
    }

    private func balancer(_ name: String) -> ObservedBalancer? { observed.balancer(name) }

    private mutating func change(
        _ name: String,
        _ desired: Topology?,
        _ edit: (inout ObservedBalancer) -> Void
    ) throws(SimulatedFault) {
        if let index = observed.balancers.firstIndex(where: { $0.spec.name == name }) {
            edit(&observed.balancers[index])
            return
        }
        guard let desired, let spec = desired.balancer(name) else { throw .noTopology }
        var balancer = ObservedBalancer(spec: desired.resolved(spec))
        edit(&balancer)
        observed.balancers.append(balancer)
    }

    private mutating func seed(_ name: String, _ desired: Topology?) throws(SimulatedFault) {
        guard let desired, let spec = desired.balancer(name) else { throw .noTopology }
        for node in spec.nodes { observed.volumes.insert(VolumeName.data(of: node, in: observed.name)) }
        let volumes = observed.volumes
        let cluster = observed.name
        try change(name, desired) { balancer in
            balancer.record = PrimaryRecord(term: 1, node: spec.primary.id)
            balancer.listedNodes = spec.nodes.map(\.id)
            for index in balancer.nodes.indices {
                balancer.nodes[index].hasVolume =
                    volumes.contains(VolumeName.data(of: balancer.nodes[index].spec, in: cluster))
            }
        }
    }

    private mutating func createNode(_ id: Int, of name: String, _ desired: Topology?) throws(SimulatedFault) {
        guard let desired, let spec = desired.balancer(name)?.nodes.first(where: { $0.id == id }) else {
            throw .noTopology
        }
        guard observed.network != nil else { throw .wouldFail("there is no network") }
        observed.volumes.insert(VolumeName.data(of: spec, in: observed.name))
        try change(name, desired) { balancer in
            balancer.nodes.removeAll { $0.spec.id == id }
            let container = ObservedContainer(id: spec.containerName, name: spec.containerName, state: .created)
            balancer.nodes.append(ObservedNode(spec: desired.resolved(spec), container: container, hasVolume: true))
            balancer.nodes.sort { $0.spec.id < $1.spec.id }
        }
    }

    private mutating func start(_ name: String) throws(SimulatedFault) {
        var found = false
        edit(name) {
            $0?.state = .running
            found = true
        }
        guard found else { throw .wouldFail("there is no container \(name)") }
    }

    private mutating func remove(_ name: String) {
        edit(name) { $0 = nil }
        observed.strays.removeAll { $0.name == name }
    }

    private mutating func removeVolume(_ name: String) throws(SimulatedFault) {
        observed.volumes.remove(name)
        let cluster = observed.name
        for (index, balancer) in observed.balancers.enumerated() {
            for (number, node) in balancer.nodes.enumerated() where VolumeName.data(of: node.spec, in: cluster) == name
            {
                guard node.container == nil else { throw .wouldFail("volume \(name) is in use") }
                observed.balancers[index].nodes[number].hasVolume = false
            }
        }
        if name == VolumeName.control(cluster) { observed.isBeingDestroyed = false }
    }

    private mutating func edit(_ name: String, _ change: (inout ObservedContainer?) -> Void) {
        for index in observed.balancers.indices {
            if observed.balancers[index].container?.name == name { change(&observed.balancers[index].container) }
            for number in observed.balancers[index].nodes.indices
            where observed.balancers[index].nodes[number].container?.name == name {
                change(&observed.balancers[index].nodes[number].container)
            }
        }
    }

    /// What the containers do by themselves: running nodes follow the record, and what is gone everywhere is forgotten.
    private mutating func settle() {
        for index in observed.balancers.indices {
            let record = observed.balancers[index].record
            for number in observed.balancers[index].nodes.indices {
                let node = observed.balancers[index].nodes[number]
                let runs = node.container?.state == .running && record != nil
                observed.balancers[index].nodes[number].postgres =
                    runs ? .simulated(primary: node.spec.id == record?.node, term: record?.term ?? 1) : nil
            }
            observed.balancers[index].nodes.removeAll { $0.container == nil && !$0.hasVolume }
            observed.balancers[index].pool = pool(of: observed.balancers[index])
        }
        observed.balancers.removeAll { $0.isAbsent && $0.nodes.isEmpty && $0.record == nil }
    }
}

/// Why a simulated step did not succeed.
enum SimulatedFault: Error {
    case noTopology
    case wouldFail(String)
    case wouldWaitForEver(String)
}

extension PostgresView {
    /// What a simulated server answers.
    static func simulated(primary: Bool, term: Int) -> PostgresView {
        PostgresView(
            role: primary ? .primary : .replica,
            version: "15.0",
            timeline: term,
            lsn: "0/3000000",
            position: 0x300_0000,
            systemIdentifier: "1",
            isStreaming: !primary
        )
    }
}
