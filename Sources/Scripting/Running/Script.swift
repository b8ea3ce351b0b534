/// A script's text, and where it comes from.
public struct Script: Sendable, Equatable {
    /// Where a script comes from.
    public enum Origin: Sendable, Equatable {
        /// A file of the user's.
        case file
        /// A file in `./pgbc` that takes the place of the recipe of its name.
        case override
        /// One of pgbc's own recipes.
        case bundled
        /// A recipe of a plugin of that name.
        case plugin(String)
    }

    /// What places in errors are called: the file's path, or the recipe's name.
    public var name: String
    /// Lua text.
    public var source: String
    /// Where it comes from.
    public var origin: Origin
    /// The folder of its file; `nil` when it has none.
    public var folder: String?

    /// A script.
    public init(name: String, source: String, origin: Origin, folder: String? = nil) {
        self.name = name
        self.source = source
        self.origin = origin
        self.folder = folder
    }

    /// What the first comment says, without the name in front of it: "set the number of replicas".
    public var summary: String {
        let lines = source.split(separator: "\n", maxSplits: 2).drop { $0.hasPrefix("#!") }
        guard let first = lines.first, first.hasPrefix("--") else { return "" }
        let comment = first.drop { $0 == "-" || $0 == " " }
        guard let colon = comment.firstRange(of: ": "), !comment[..<colon.lowerBound].contains(" ") else {
            return String(comment)
        }
        return String(comment[colon.upperBound...])
    }
}
