/// An IPv4 network in CIDR form. The base address has no host bits set.
public struct Subnet: Sendable, Hashable, CustomStringConvertible {
    /// The network's own address.
    public let base: IPv4Address
    /// 0 to 32.
    public let prefix: Int

    /// The network of this prefix length that the address lies in; nil if the length is not between 0 and 32.
    public init?(containing address: IPv4Address, prefix: Int) {
        guard (0...32).contains(prefix) else { return nil }
        self.base = IPv4Address(bits: address.bits & Self.mask(prefix))
        self.prefix = prefix
    }

    /// Reads `172.30.0.0/16`; nil if it is not an IPv4 CIDR or has host bits set.
    public init?(_ text: some StringProtocol) {
        guard let (address, prefix) = Self.parts(text), let subnet = Subnet(containing: address, prefix: prefix),
            subnet.base == address
        else { return nil }
        self = subnet
    }

    /// The address and the prefix length of a CIDR, whether or not host bits are set.
    static func parts(_ text: some StringProtocol) -> (address: IPv4Address, prefix: Int)? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let address = IPv4Address(halves[0]), (1...2).contains(halves[1].utf8.count),
            let prefix = UInt8(halves[1]), prefix <= 32
        else { return nil }
        return (address, Int(prefix))
    }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~0 << (32 - UInt32(prefix)) }

    /// The last address, which no container can have.
    public var broadcast: IPv4Address { IPv4Address(bits: base.bits | ~Self.mask(prefix)) }

    /// The address that Docker gives the bridge unless it is told another one: the first host.
    public var defaultGateway: IPv4Address { host(1) }

    /// The numbers that `host(_:)` takes: all but the network's own and the broadcast address. Empty for /31 and /32.
    public var hostNumbers: Range<Int> {
        let size = Int(broadcast.bits - base.bits)
        return size < 2 ? 1..<1 : 1..<size
    }

    /// The n-th address of the network; `host(0)` is the network itself.
    public func host(_ number: Int) -> IPv4Address {
        IPv4Address(bits: base.bits &+ UInt32(truncatingIfNeeded: number))
    }

    /// Whether the address is in the network, its own and the broadcast address included.
    public func contains(_ address: IPv4Address) -> Bool { address.bits & Self.mask(prefix) == base.bits }

    /// Whether any address is in both.
    public func overlaps(_ other: Subnet) -> Bool { contains(other.base) || other.contains(base) }

    /// CIDR notation.
    public var description: String { "\(base)/\(prefix)" }
}
