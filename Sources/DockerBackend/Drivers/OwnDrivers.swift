internal import ClusterModel
internal import Orchestration

extension BalancerSupport {
    /// pgbc's own drivers.
    static let own: [BalancerSupport] = [.pgpool, .pgbalancer]

    /// pgpool-II with the agent, which reads the passwords and its nodes from the control volume.
    static let pgpool = BalancerSupport(.pgpool, notice: .controlVolume) { situation in
        let balancer = situation.balancer
        let settings: Document = [
            "cluster": .string(situation.cluster),
            "balancer": .string(balancer.name),
            "parameters": balancer.parameterDocument["parameters"] ?? .null,
            "hold": .boolean(balancer.hold),
        ]
        return BalancerContents(
            // A hung primary is cut off by a route and by ending its sockets: see the agent.
            kernelCapabilities: ["NET_ADMIN"],
            files: [ContainerFile("pgbc/balancer.json", settings.json(pretty: true))]
        )
    }

    /// The user's own image, which reads no list: its configuration is written anew, and read again on a signal. A program that does
    /// not run as root has to be able to read it, and then so can others in that container.
    static let pgbalancer = BalancerSupport(.pgbalancer, notice: .signal("HUP"), holdsPasswords: true) { situation in
        let contract = PgBalancerContract(balancer: situation.balancer)
        let text = situation.monitor.map(contract.configuration)
        let mode = situation.runsAsRoot ? 0o600 : 0o644
        return BalancerContents(
            environment: contract.environment,
            files: text.map { [ContainerFile("etc/pgbalancer/pgbalancer.conf", $0, mode: mode)] } ?? []
        )
    }
}

/// The declarations that this backend acts on, by the names of their drivers.
struct DriverTable: Sendable {
    private let supports: [String: BalancerSupport]
    /// What topologies can name.
    let drivers: BalancerDrivers

    /// pgbc's own, and others. Of two with one name the first counts.
    init(adding others: [BalancerSupport] = []) {
        let all = BalancerSupport.own + others
        supports = Dictionary(all.map { ($0.driver.name, $0) }) { first, _ in first }
        drivers = BalancerDrivers(adding: others)
    }

    /// The declaration for a balancer; `nil` for one that was made by a pgbc with other plugins.
    func known(_ balancer: BalancerSpec) -> BalancerSupport? { supports[balancer.driver.name] }

    /// The same, for making or changing it.
    func support(for balancer: BalancerSpec) throws -> BalancerSupport {
        if let support = known(balancer) { return support }
        throw ClusterError(
            .failed,
            operation: "make or change balancer \(balancer.name)",
            message: "its driver is \(balancer.driver.name), and this pgbc has no such driver",
            advice: "use the pgbc that was built with the plugin for it"
        )
    }
}
