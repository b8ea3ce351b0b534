/// What a document says of a topology: the values that are there and valid. nil is what allocation has to fill in.
struct TopologyDraft {
    var name: String?
    var networkName: String?
    var subnet: Subnet?
    /// A subnet was given and refused, so that nothing can be said about the addresses.
    var subnetIsUnknown = false
    var gateway: IPv4Address?
    var bindAddress: String?
    var image: String?
    var settings: [String: String] = [:]
    var promise = PromiseDraft()
    var balancers: [BalancerDraft] = []
}

/// What a balancer promises its clients; the cluster's own is the default of its balancers.
struct PromiseDraft {
    var hold: Bool?
    var sync: Int?
    var whenShort: ShortOfReplicas?
    /// Where `sync` was written, for messages.
    var syncPath: String?

    /// This one, with what it leaves out taken from another.
    func over(_ other: PromiseDraft) -> PromiseDraft {
        PromiseDraft(
            hold: hold ?? other.hold,
            sync: sync ?? other.sync,
            whenShort: whenShort ?? other.whenShort,
            syncPath: syncPath ?? other.syncPath
        )
    }
}

struct BalancerDraft {
    var name: String?
    var containerName: String?
    var address: IPv4Address?
    var port: Int?
    var pcpPort: Int?
    var restPort: Int?
    var image: String?
    /// `nil` where the image tells it apart among pgbc's own.
    var driver: BalancerDriver?
    var parameters: [String: String] = [:]
    var settings: [String: String] = [:]
    var promise = PromiseDraft()
    var primary = NodeDraft()
    var replicas: [NodeDraft] = []
}

struct NodeDraft {
    var id: Int?
    var host: String?
    var port: Int?
    var containerName: String?
    var address: IPv4Address?
    var image: String?
    var weight: Double?
    /// This node's own, without those of the balancer and the cluster.
    var settings: [String: String] = [:]
}
