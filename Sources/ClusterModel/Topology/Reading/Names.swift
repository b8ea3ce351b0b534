/// What may be called what: Docker's own rule, and the few names that are taken.
enum Names {
    /// One label of a host name.
    static let longest = 63

    /// Short enough for `-replica31` behind it.
    static let longestBalancer = 50

    /// Docker asks for two at least.
    static let containerLengths = 2...128

    /// Networks that every engine has.
    static let engineNetworks: Set<String> = ["bridge", "host", "none", "default", "ingress", "docker_gwbridge"]

    /// The directory beside those of the balancers in the control volume.
    static let reservedBalancers: Set<String> = ["secrets"]

    static func isName(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
        guard let first = text.utf8.first, lengths.contains(text.utf8.count) else { return false }
        return first.isAlphanumeric && text.utf8.allSatisfy(\.isNameByte)
    }

    /// The rule in words, for messages.
    static func rule(_ lengths: ClosedRange<Int>) -> String {
        "must be letters, digits, '_', '.' and '-', begin with a letter or digit and have "
            + "\(lengths.lowerBound) to \(lengths.upperBound) characters"
    }
}
