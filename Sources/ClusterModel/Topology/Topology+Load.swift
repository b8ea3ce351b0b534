extension Topology {
    /// Reads, completes and checks a topology; the outcome is one that can be built, or all that is wrong with it.
    ///
    /// The document is an object of these keys; those in brackets may be left out and are then allocated:
    ///
    ///     {
    ///       ["cluster_name": "shop",]
    ///       ["network": { ["name": …,] ["subnet": "172.28.0.0/16",] ["gateway": …] },]
    ///       ["bind_address": "127.0.0.1",] ["image": "postgres:17",] ["settings": { … },]
    ///       ["hold": false,] ["sync": 0,] ["when_short": "wait",]
    ///       "balancers": [
    ///         {
    ///           "name": "lb1",
    ///           ["container_name": …,] ["ip_address": …,] ["port": …,] ["pcp_port": …,] ["rest_api_port": …,]
    ///           ["image": …,] ["driver": "pgpool" or another,]
    ///           ["config": { "num_init_children": 32 },] ["settings": { … },]
    ///           ["hold": false,] ["sync": 0,] ["when_short": "wait" or "degrade",]
    ///           ["primary": NODE,] ["replicas": 2 or [NODE, …]]
    ///         }
    ///       ]
    ///     }
    ///
    ///     NODE: { ["node_id": 1,] ["host": …,] ["port": …,] ["container_name": …,] ["ip_address": …,] ["image": …,]
    ///             ["weight": 1,] ["settings": { "work_mem": "16MB" }] }
    ///
    /// `hold`, `sync` and `when_short` of the cluster are the defaults of its balancers. `pool` is another name for `config`. A value of null counts as left out. Without `replicas` a balancer gets one.
    ///
    /// A Lua topology is handed over in the same shape: the word after `cluster` becomes `cluster_name`, the word after
    /// `balancer` becomes `name`, what stands in the cluster's table without a key becomes `balancers`, and every other
    /// key stays what it is. `cluster "shop" { balancer "lb1" { replicas = 2, pool = { num_init_children = 32 } } }` is
    ///
    ///     ["cluster_name": "shop",
    ///      "balancers": [["name": "lb1", "replicas": 2, "pool": ["num_init_children": 32]]]]
    ///
    /// - Parameters:
    ///   - source: the name that leads each problem, usually the file's.
    ///   - host: what others use; nothing that is allocated here collides with it. What the document itself names is
    ///     taken as it is: see `conflicts(with:)`.
    ///   - running: the cluster of this name as it runs now. What the document leaves out stays as it is there, so that
    ///     loading the same file again gives the same topology.
    ///   - unheld: those of its places that are chosen anew where others have them by now.
    ///   - drivers: the balancers that `driver` may name, or that an image tells.
    public static func load(
        _ document: Document,
        source: String,
        host: HostUse = .none,
        running: Topology? = nil,
        unheld: UnheldPlaces = .none,
        drivers: BalancerDrivers = .own
    ) throws(InvalidTopology) -> Topology {
        var reader = DraftReader(drivers: drivers)
        var draft = reader.topology(document)
        if let running { draft.keep(running, unheld: unheld, host: host) }
        var problems = reader.problems
        let name = draft.name ?? defaultName
        guard let network = draft.network(cluster: name, host: host, problems: &problems) else {
            throw InvalidTopology(source: source, problems: problems)
        }
        var allocator = Allocator(draft, cluster: name, network: network, host: host)
        let topology = Topology(
            name: name,
            network: network,
            bindAddress: draft.bindAddress ?? defaultBindAddress,
            image: draft.image,
            settings: draft.settings,
            balancers: allocator.balancers(draft.balancers)
        )
        problems += allocator.problems
        problems += topology.duplicateProblems().filter { !allocator.unplaced.contains($0.path) }
        if !draft.subnetIsUnknown {
            problems += topology.addressProblems().filter { !allocator.unplaced.contains($0.path) }
        }
        problems += PoolCheck(topology: topology).problems()
        let syncPaths = draft.balancers.enumerated().compactMap { place, draft in
            draft.promise.syncPath.map { (place, $0) }
        }
        problems += PromiseCheck(topology: topology, syncPaths: Dictionary(uniqueKeysWithValues: syncPaths)).problems()
        guard problems.isEmpty else { throw InvalidTopology(source: source, problems: problems) }
        return topology
    }
}
