/// An IPv4 address, ordered by number.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Host byte order: 127.0.0.1 is 0x7f000001.
    public var bits: UInt32

    /// The address with this number.
    public init(bits: UInt32) { self.bits = bits }

    /// Reads four decimal numbers from 0 to 255 with dots between them; nil for anything else.
    ///
    /// A leading zero (`010`) is refused, because some programs read it as octal.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let octet = Self.octet(part) else { return nil }
            bits = bits << 8 | octet
        }
        self.bits = bits
    }

    private static func octet(_ part: some StringProtocol) -> UInt32? {
        guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        guard part.utf8.count == 1 || part.utf8.first != 48, let value = UInt8(part) else { return nil }
        return UInt32(value)
    }

    /// By number.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.bits < right.bits }

    /// Dotted decimal.
    public var description: String {
        "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    }
}
