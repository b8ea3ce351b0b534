// Addresses travel in the labels of the engine's objects as the text that people write.

extension IPv4Address: Codable {
    /// Reads dotted text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPv4Address(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an IPv4 address")
        }
        self = address
    }

    /// Writes dotted text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Subnet: Codable {
    /// Reads CIDR notation.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let subnet = Subnet(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a subnet")
        }
        self = subnet
    }

    /// Writes CIDR notation.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
