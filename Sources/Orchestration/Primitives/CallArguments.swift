internal import ClusterModel

extension PrimitiveCall {
    /// The text of a required parameter.
    func text(_ name: String) throws -> String {
        guard let text = arguments[name]?.text else { throw missing(name) }
        return text
    }

    /// The text of an optional parameter.
    func optionalText(_ name: String) -> String? { arguments[name]?.text }

    /// The value of a required whole number.
    func integer(_ name: String) throws -> Int {
        guard let number = arguments[name]?.wholeNumber else { throw missing(name) }
        return number
    }

    /// The value of a switch; off when it was left out.
    func flag(_ name: String) -> Bool { arguments[name]?.flag ?? false }

    /// A list of texts; throws when an element is something else.
    func texts(_ name: String) throws -> [String] {
        try (arguments[name]?.elements ?? []).map { element in
            guard let text = element.text else {
                throw ArgumentError(callee: "a list", parameter: name, expected: "a string", given: element.asGiven)
            }
            return text
        }
    }

    /// The container that a call is about, from its parameters `cluster`, `balancer` and `node`.
    func target() throws -> Target {
        Target(cluster: try text("cluster"), balancer: try text("balancer"), node: optionalText("node"))
    }

    /// The node that a call is about, from its parameters `cluster`, `balancer` and `node`, the last of which is required.
    func node() throws -> Target {
        Target(cluster: try text("cluster"), balancer: try text("balancer"), node: try text("node"))
    }

    /// The value of an optional number of seconds.
    func seconds(_ name: String = "seconds", default standard: Double) -> Double {
        arguments[name]?.double ?? standard
    }

    private func missing(_ name: String) -> ArgumentError {
        ArgumentError(callee: "a primitive", parameter: name, expected: "a value", given: "nothing")
    }
}

extension Parameter {
    static let cluster = Parameter("cluster", .string, "the cluster's name")
    static let balancer = Parameter("balancer", .string, "the balancer's name")
    static let node = Parameter(
        "node",
        .string,
        optional: true,
        "the node's host or container name; the balancer itself without"
    )
    static let member = Parameter("node", .string, "the node's host or container name")
    static let heldSeconds = Parameter(
        "seconds",
        .integer(min: 1, max: 3600),
        optional: true,
        "how long at most; \(Step.switchoverLimit) without"
    )
}
