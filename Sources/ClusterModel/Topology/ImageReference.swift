/// A Docker image reference: `[registry/]path[:tag][@digest]`, checked against the grammar that the engine enforces.
public struct ImageReference: Sendable, Equatable {
    /// With the registry, without tag and digest.
    public var repository: String
    /// What stands behind the colon; nil for the engine's default, `latest`.
    public var tag: String?
    /// What stands behind the `@`, algorithm included.
    public var digest: String?

    /// nil for text that the engine would refuse.
    public init?(_ text: String) {
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        let lastSlash = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[lastSlash...].firstIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        repository = String(rest)
        guard Self.isRepository(rest), tag.map(Self.isTag) ?? true, digest.map(Self.isDigest) ?? true else {
            return nil
        }
    }

    /// `postgres` of `registry.example:5000/library/postgres:17`.
    public var lastPart: String { String(repository.split(separator: "/").last ?? "") }

    private static func isRepository(_ text: Substring) -> Bool {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, let first = parts.first, first.contains(".") || first.contains(":") || first == "localhost"
        {
            parts.removeFirst()
            guard !first.isEmpty, first.utf8.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: ":") }) else {
                return false
            }
        }
        return parts.allSatisfy(isPathPart)
    }

    private static func isPathPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, let last = part.utf8.last, first.isLowerAlphanumeric else { return false }
        return last.isLowerAlphanumeric && part.utf8.allSatisfy { $0.isLowerAlphanumeric || $0.isNameSeparator }
    }

    private static func isTag(_ tag: String) -> Bool {
        guard let first = tag.utf8.first, tag.utf8.count <= 128 else { return false }
        return (first.isAlphanumeric || first == UInt8(ascii: "_")) && tag.utf8.allSatisfy(\.isNameByte)
    }

    private static func isDigest(_ digest: String) -> Bool {
        let halves = digest.split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, halves[1].utf8.count >= 32 else { return false }
        return halves[1].allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }
}
