/// What others on this host and engine already use; a cluster's own containers are not in it.
public struct HostUse: Sendable, Equatable {
    /// Published or listening port to whoever holds it, in words for a message ("container web", "process 812
    /// (nginx)").
    public var ports: [Int: String]
    /// Ports that other clusters chose and may not have published yet: no reason against one that is asked for.
    public var claimedPorts: Set<Int> = []
    /// Docker networks, and routes of the host that count as such.
    public var networks: [Network]
    /// Container name to whoever owns it, in words for a message ("cluster shop", "not made by pgbc").
    public var containerNames: [String: String]

    /// A Docker network, or a route of the host, that a new network must not overlap.
    public struct Network: Sendable, Equatable {
        /// As it should stand in a message.
        public var name: String
        /// One entry per subnet of a network.
        public var subnet: Subnet

        /// A network with one subnet.
        public init(name: String, subnet: Subnet) {
            self.name = name
            self.subnet = subnet
        }
    }

    /// Nothing is in use unless given.
    public init(ports: [Int: String] = [:], networks: [Network] = [], containerNames: [String: String] = [:]) {
        self.ports = ports
        self.networks = networks
        self.containerNames = containerNames
    }

    /// Whether a port is not to be chosen.
    func isTaken(_ port: Int) -> Bool { ports[port] != nil || claimedPorts.contains(port) }

    /// A host on which everything is free.
    public static let none = HostUse()
}
