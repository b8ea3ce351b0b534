public import ClusterModel

/// What a cluster is to be, before that was worked out against what is there.
public enum WantedTopology: Sendable, Equatable {
    /// What it was last asked to be.
    case asLastAsked
    /// What a document says; what it leaves out stays as it is there, or is allocated.
    case document(Document, source: String)
    /// Just this.
    case topology(Topology)
}

extension Orchestrator {
    /// The topology that is wanted, with everything allocated that its document leaves out.
    func topology(
        _ wanted: WantedTopology,
        of cluster: String,
        given observed: ObservedCluster
    ) async throws -> Topology {
        switch wanted {
        case .topology(let topology): return topology
        case .asLastAsked:
            if let topology = observed.topology { return topology }
            guard observed.isAbsent else { throw ClusterError.noTopology(cluster) }
            throw ClusterError.noCluster(cluster, known: try await backend.clusters())
        case .document(let document, let source):
            let host = try await backend.hostUse(except: cluster)
            do {
                let topology = try Topology.load(
                    document,
                    source: source,
                    host: host,
                    running: observed.topology,
                    unheld: observed.unheldPlaces,
                    drivers: drivers
                )
                guard topology.name == cluster else {
                    throw ClusterError.anotherCluster(topology.name, than: cluster, source)
                }
                return topology
            } catch let error as InvalidTopology {
                throw ClusterError(error)
            }
        }
    }

    /// What an interrupted `destroy` left goes first, and then everything is made anew.
    func planAfterDestroy(_ wanted: WantedTopology, _ observed: ObservedCluster, prune: Bool) async throws -> Plan {
        let desired = try await topology(wanted, of: observed.name, given: observed)
        let empty = ObservedCluster(name: observed.name)
        var plan = Plan.destroy(observed, keepData: false)
            .followed(by: Planner(desired: desired, observed: empty, prune: prune).plan())
        plan.notes.append(
            "an earlier destroy of \(observed.name) was cut: what is left of it goes first, data included"
        )
        return plan
    }

    /// What cannot be done to a running cluster, and what others are in the way of. An image that has to be asked is pulled, unless
    /// nothing is to be changed. Returns what could not be found out, for the reader.
    @discardableResult
    func check(_ planner: Planner, changesNothing: Bool = false) async throws -> [String] {
        let desired = planner.desired
        var versions = VersionCheck(backend, pulling: changesNothing ? nil : telling)
        try await versions.look(at: planner)
        let refusals = planner.observed.refusals(of: desired) + versions.refusals
        guard refusals.isEmpty else {
            throw ClusterError(
                .invalid,
                operation: "change \(desired.name)",
                message: "a running cluster cannot be changed like this",
                advice: "give back the old values, or destroy the cluster and init it anew",
                details: refusals
            )
        }
        let problems = desired.conflicts(with: try await backend.hostUse(except: desired.name))
        guard !problems.isEmpty else { return versions.notes }
        throw ClusterError(
            .conflict,
            operation: "bring up \(desired.name)",
            message: problems.count == 1 ? "something else is in the way" : "\(problems.count) things are in the way",
            details: problems.map(\.description)
        )
    }
}

extension ObservedCluster {
    /// Refuses to make a node, or to take one away, whose data may be on its way to another major version.
    func requireReadableUpgrades(for plan: Plan) throws(ClusterError) {
        for balancer in balancers where plan.remakesNodes(of: balancer) {
            guard let finding = balancer.unreadableUpgrade else { continue }
            throw ClusterError(
                .conflict,
                operation: "change the nodes of \(balancer.spec.name)",
                message: finding.sentence,
                advice: finding.advice
            )
        }
    }

    /// After `destroy --keep-data` nothing can be read from the volumes until a container mounts them. Data that is there is
    /// started, not initialised, so a plan for a reader takes it for what it most likely is.
    func assumingKeptData(in desired: Topology) -> ObservedCluster {
        guard !volumes.isEmpty, balancers.allSatisfy(\.isAbsent) else { return self }
        var assumed = self
        for index in assumed.balancers.indices {
            let balancer = assumed.balancers[index]
            guard balancer.record == nil, !balancer.nodes.isEmpty, balancer.nodes.allSatisfy(\.hasVolume) else {
                continue
            }
            assumed.balancers[index].record = PrimaryRecord(term: 1, node: balancer.spec.primary.id)
            assumed.balancers[index].listedNodes = balancer.nodes.map(\.spec.id)
        }
        return assumed
    }
}

extension String {
    static func keptData(_ volumes: Set<String>) -> String {
        "data was kept in \(volumes.count) volumes, which can be read only by a run: nodes are started with what is there, "
            + "and the one that was primary last is primary again"
    }
}

extension ClusterError {
    fileprivate static func anotherCluster(_ name: String, than cluster: String, _ source: String) -> ClusterError {
        ClusterError(
            .invalid,
            operation: "use \(source) for \(cluster)",
            message: "it describes the cluster \(name)",
            advice: "use pgbc.cluster(\"\(name)\") for it"
        )
    }
}
