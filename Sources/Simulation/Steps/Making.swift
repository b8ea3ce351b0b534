internal import ClusterModel

// Networks, volumes, containers: what the engine makes and removes.

extension SimulatedCluster {
    /// The place of a balancer, which is made from what is wanted when it is new.
    mutating func index(of name: String, or desired: Topology?) throws(SimulatedFault) -> Int {
        if let index = index(of: name) { return index }
        guard let desired, let spec = desired.balancer(name) else { throw .noTopology }
        var balancer = SimulatedBalancer(spec: desired.resolved(spec))
        balancer.clients.rate = writesPerSecond
        balancer.clients.count = writesPerSecond > 0 ? 4 : 0
        balancers.append(balancer)
        return balancers.count - 1
    }

    mutating func createNetwork(_ desired: Topology?) throws(SimulatedFault) {
        guard let desired else { throw .noTopology }
        network = ObservedNetwork(id: "simulated", name: desired.network.name, subnet: "\(desired.network.subnet)")
    }

    mutating func listNodes(_ nodes: [Int], of name: String, _ desired: Topology?) throws(SimulatedFault) {
        let index = try index(of: name, or: desired)
        balancers[index].listedNodes = nodes
        weigh(index, desired)
        reconcile(index)
    }

    /// Weights of nodes stand in the list.
    private mutating func weigh(_ index: Int, _ desired: Topology?) {
        guard let wanted = desired?.balancer(balancers[index].name) else { return }
        for number in balancers[index].nodes.indices {
            guard let node = wanted.nodes.first(where: { $0.id == balancers[index].nodes[number].id }) else { continue }
            balancers[index].nodes[number].spec.weight = node.weight
        }
    }

    mutating func seed(_ name: String, _ desired: Topology?) throws(SimulatedFault) {
        guard let desired, let spec = desired.balancer(name) else { throw .noTopology }
        let index = try index(of: name, or: desired)
        guard balancers[index].record == nil else { return }
        balancers[index].record = PrimaryRecord(term: 1, node: spec.primary.id)
        balancers[index].listedNodes = balancers[index].listedNodes ?? spec.nodes.map(\.id)
        for node in spec.nodes {
            volumes.insert(VolumeName.data(of: node, in: self.name))
            guard let number = balancers[index].index(of: node.id) else { continue }
            balancers[index].nodes[number].hasVolume = true
            balancers[index].nodes[number].data = .fresh
        }
        reconcile(index)
    }

    mutating func createNode(_ id: Int, of name: String, _ desired: Topology?) throws(SimulatedFault) {
        guard let desired, let found = desired.balancer(name)?.nodes.first(where: { $0.id == id }) else {
            throw .noTopology
        }
        guard network != nil else { throw .wouldFail("there is no network") }
        let spec = desired.resolved(found)
        let index = try index(of: name, or: desired)
        labelled = desired
        let number = balancers[index].place(of: id, spec)
        guard balancers[index].nodes[number].container == nil else { return }
        volumes.insert(VolumeName.data(of: spec, in: self.name))
        balancers[index].nodes[number].spec = spec
        balancers[index].nodes[number].hasVolume = true
        balancers[index].nodes[number].container = .made(spec.containerName, image: spec.image)
    }

    mutating func createBalancer(_ name: String, _ desired: Topology?) throws(SimulatedFault) {
        guard let desired, let spec = desired.balancer(name) else { throw .noTopology }
        guard network != nil else { throw .wouldFail("there is no network") }
        let index = try index(of: name, or: desired)
        labelled = desired
        guard balancers[index].container == nil else { return }
        let resolved = desired.resolved(spec)
        balancers[index].spec = resolved
        balancers[index].container = .made(resolved.containerName, image: resolved.image)
    }

    /// Here no container is ever cut off from the network but one that was seen so.
    mutating func connect(_ container: String) {
        for index in balancers.indices {
            if balancers[index].container?.name == container { balancers[index].container?.isCutOff = false }
            for number in balancers[index].nodes.indices
            where balancers[index].nodes[number].container?.name == container {
                balancers[index].nodes[number].container?.isCutOff = false
            }
        }
    }

    mutating func start(_ container: String) throws(SimulatedFault) {
        if watcher?.name == container {
            watcher?.state = .running
            return
        }
        if let index = balancers.firstIndex(where: { $0.container?.name == container }) {
            return startBalancer(index)
        }
        for index in balancers.indices {
            guard let number = balancers[index].nodes.firstIndex(where: { $0.container?.name == container }) else {
                continue
            }
            balancers[index].nodes[number].isStopped = false
            if balancers[index].nodes[number].container?.state != .running {
                balancers[index].nodes[number].touch()
                balancers[index].nodes[number].container?.state = .running
            }
            return reconcile(index)
        }
        throw .wouldFail("there is no container \(container)")
    }

    private mutating func startBalancer(_ index: Int) {
        guard balancers[index].container?.state != .running else { return }
        balancers[index].container?.state = .running
        balancers[index].generation += 1
        balancers[index].inForce = balancers[index].spec.parameters
        plan(.serves, index, generation: balancers[index].generation, in: dice.around(1))
    }

    mutating func remove(_ container: String) {
        strays.removeAll { $0.name == container }
        if watcher?.name == container { watcher = nil }
        for index in balancers.indices {
            if balancers[index].container?.name == container { removeBalancer(index) }
            for number in balancers[index].nodes.indices
            where balancers[index].nodes[number].container?.name == container {
                balancers[index].nodes[number].end()
                balancers[index].nodes[number].container = nil
                balancers[index].nodes[number].isServing = false
            }
            balancers[index].forgetNodes()
            reconcile(index)
        }
    }

    private mutating func removeBalancer(_ index: Int) {
        balancers[index].container = nil
        balancers[index].isReady = false
        balancers[index].isAlarmed = false
        balancers[index].operation = nil
        balancers[index].clients.heldUntil = nil
        balancers[index].clients.areServed = false
        for number in balancers[index].nodes.indices { balancers[index].nodes[number].isServing = false }
    }

    mutating func removeVolume(_ volume: String) throws(SimulatedFault) {
        for index in balancers.indices {
            for number in balancers[index].nodes.indices
            where VolumeName.data(of: balancers[index].nodes[number].spec, in: name) == volume {
                guard balancers[index].nodes[number].container == nil else {
                    throw .wouldFail("volume \(volume) is in use")
                }
                balancers[index].nodes[number].hasVolume = false
                balancers[index].nodes[number].data = nil
            }
            balancers[index].forgetNodes()
        }
        volumes.remove(volume)
        guard volume == VolumeName.control(name) else { return }
        isBeingDestroyed = false
        wanted = nil
        for index in balancers.indices {
            balancers[index].record = nil
            balancers[index].listedNodes = nil
        }
    }
}

extension SimulatedBalancer {
    /// The place of a node; a new one is put in the order of the numbers.
    fileprivate mutating func place(of id: Int, _ spec: NodeSpec) -> Int {
        if let number = index(of: id) { return number }
        let place = nodes.firstIndex { $0.id > id } ?? nodes.count
        nodes.insert(SimulatedNode(spec: spec), at: place)
        // The seed fills the volumes of all nodes, also of those whose container is made later.
        if record?.term == 1, record?.node == id { nodes[place].data = .fresh }
        return place
    }

    fileprivate mutating func forgetNodes() { nodes.removeAll { $0.container == nil && !$0.hasVolume } }
}

extension ObservedContainer {
    static func made(_ name: String, image: String?) -> ObservedContainer {
        ObservedContainer(id: name, name: name, state: .created, image: image ?? "")
    }
}
