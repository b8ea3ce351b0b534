/// All primitives of a run, by name.
public struct PrimitiveTable: Sendable {
    /// In the order in which they were declared.
    public let all: [Primitive]
    private let byName: [String: Primitive]

    /// A table; throws when two primitives have the same name.
    public init(_ primitives: [Primitive]) throws(ClusterError) {
        var byName: [String: Primitive] = [:]
        for primitive in primitives {
            guard byName.updateValue(primitive, forKey: primitive.name) == nil else {
                throw ClusterError(
                    .invalid,
                    operation: "declare the primitive \(primitive.name)",
                    message: "there is one of that name already",
                    advice: "a plugin has to give its primitives names of their own"
                )
            }
        }
        self.all = primitives
        self.byName = byName
    }

    /// The primitive of that name.
    public subscript(name: String) -> Primitive? { byName[name] }
}

extension Primitive {
    /// The primitives that this package brings: everything that works on a cluster through its backend.
    public static var core: [Primitive] {
        clusterPrimitives + topologyPrimitives + balancerPrimitives + switchPrimitives + clientPrimitives
            + nodePrimitives + nodeOperations + settingPrimitives + watchPrimitives + enginePrimitives
            + upgradePrimitives + runPrimitives
    }
}
