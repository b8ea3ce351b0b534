public import PluginAPI
internal import Orchestration

/// What scripts can call: one entry for each function and method of the library, made from the declarations of the primitives.
public struct LibraryReference: Sendable {
    /// All entries, in the order of the reference.
    public let entries: [LibraryEntry]

    /// The reference of pgbc itself, and of what plugins add to it.
    public init(plugins: [any Plugin] = []) {
        let declared = Primitive.core + ScriptSession.declared
        let combined = LibraryEntry.combined
        let hidden = Set(combined.map(\.spelling))
        let own = declared.filter { !hidden.contains($0.spelling) && !LibraryEntry.internal.contains($0.name) }
            .map { LibraryEntry($0) }
        let added = plugins.flatMap(\.callable).map { LibraryEntry($0) } + plugins.flatMap(LibraryEntry.functions)
        let all = own + combined + added
        let order = Self.firstGroups
        groups = order + Set(all.map(\.group)).subtracting(order).sorted()
        let rank = Dictionary(groups.enumerated().map { ($1, $0) }) { first, _ in first }
        entries = all.sorted { left, right in
            (rank[left.group] ?? 0, left.spelling) < (rank[right.group] ?? 0, right.spelling)
        }
    }

    /// Names of the groups that entries belong to, in the order of the reference.
    public let groups: [String]

    private static let firstGroups = ["pgbc", "cluster", "lb", "node", "run"]

    /// What each function or method returns, by its name without the object, where that is a kind of object.
    public var kinds: [String: String] {
        let objects = ["Cluster": "cluster", "Balancer": "lb", "Node": "node"]
        return Dictionary(entries.compactMap { entry in objects[entry.type].map { (entry.name, $0) } }) { $1 }
    }
}
