/// Where to write and how much.
public struct CheckPlan: Sendable {
    /// A way to one node's own port, as a libpq connection string.
    public struct Node: Sendable {
        /// Its name in reports.
        public var name: String
        /// Where it is, as a libpq connection string.
        public var address: String

        /// A node by name.
        public init(name: String, address: String) { (self.name, self.address) = (name, address) }
    }

    /// The balancer, as a libpq connection string.
    public var balancer: String
    /// Every node of the balancer.
    public var nodes: [Node]
    /// Clients that insert rows.
    public var clients = 8
    /// Seconds between two writes of one client: 0 is full rate, 0.2 an idle cluster.
    public var pause = 0.0
    /// Clients that move money between accounts.
    public var bankClients = 1
    /// Clients that read lists and append to them.
    public var appendClients = 2
    /// Clients that only read.
    public var readers = 2
    /// Seconds between two transactions of a bank or append client, and between two reads.
    public var sidePause = 0.01
    /// Seconds between two direct writes on each node's own port.
    public var probePeriod = 0.01
    /// Seconds for which writing goes on after the event and the return of all clients.
    public var after = 2.0
    /// Whether to wait until every node streams and is attached again.
    public var waitsForHealth = true
    /// Seconds that any wait of the check may take.
    public var limit = 90.0
    /// Acknowledged writes after which the clients stop.
    public var maximumWrites = 400_000
    /// How long a client waits for a session and for an answer.
    public var patience = Patience()

    /// A plan with the usual numbers.
    public init(balancer: String, nodes: [Node]) { (self.balancer, self.nodes) = (balancer, nodes) }
}
