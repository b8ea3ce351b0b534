import PluginAPI

/// Adds the balancer driver `tcp-proxy`: SQL goes to the primary of the moment, whatever that is, and nowhere else.
///
/// In a topology: `balancer "lb1" { driver = "tcp-proxy" }`. The program is sixty lines of Python, written into the container; any image
/// with `python3` does. It promotes nothing, holds nobody back and balances no reads, and says so: what needs that is refused.
public struct TcpProxy: Plugin {
    /// As lists and messages name it.
    public let name = "tcp-proxy"
    /// Its own version.
    public let version = "1.0.0"
    /// One line for `pgbc plugin list`.
    public let summary = "A balancer that passes SQL on to the primary."
    /// What a topology can name.
    public let balancers = [Self.balancer]

    /// The plugin.
    public init() {}

    private static let driver = BalancerDriver(
        "tcp-proxy",
        program: "a TCP proxy",
        images: ["tcp-proxy"],
        // Only its Python is used.
        defaultImage: Topology.defaultBalancerImage,
        capabilities: [.membership],
        view: .rest,
        ports: BalancerPorts(sql: 9999, rest: 8080),
        parameters: .declared([
            BalancerParameter(name: "connect_timeout", type: .integer(range: 1...60, unit: .seconds))
        ])
    )

    private static let balancer = BalancerSupport(
        driver,
        notice: .controlVolume,
        nodes: .init("/nodes") { ($0.elements ?? []).compactMap(PoolView.Node.init) }
    ) { situation in
        BalancerContents(
            environment: [
                "CONTROL": situation.controlFolder, "PYTHONUNBUFFERED": "1",
                "CONNECT_TIMEOUT": situation.balancer.parameters["connect_timeout"] ?? "3",
            ],
            command: ["python3", "/usr/local/lib/tcp-proxy.py"],
            files: [ContainerFile("usr/local/lib/tcp-proxy.py", program)]
        )
    }
}

extension PoolView.Node {
    /// Reads `{"id": 0, "status": "up", "role": "primary", "sessions": 3}`.
    fileprivate init?(_ row: Document) {
        guard let id = row["id"]?.wholeNumber, let status = row["status"]?.text, let role = row["role"]?.text else {
            return nil
        }
        self.init(id: id, status: status, role: role, weight: role == "primary" ? 1 : 0, selects: 0)
    }
}
