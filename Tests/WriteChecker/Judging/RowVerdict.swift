/// What is on one node of the rows that the clients wrote.
public struct RowVerdict: Sendable, Codable, Equatable {
    /// The name of the node.
    public var node: String
    /// How many rows there are.
    public var rows = 0
    /// Acknowledged rows that are not there.
    public var lost = 0
    /// Rows that are there more than once.
    public var duplicated = 0
    /// Rows of one client that came after a later one of its.
    public var reordered = 0
    /// Rows that are there although the client was told that they had failed.
    public var undead = 0
    /// Rows in doubt that are there.
    public var unknownThere = 0

    /// True when what was acknowledged is there once and in order, and what was refused is not there.
    public var isFaultless: Bool { lost == 0 && duplicated == 0 && reordered == 0 && undead == 0 }

    /// `there`: identifiers in the order in which the server took them.
    init(node: String, there: [Int], diaries: [Diary]) {
        self.node = node
        rows = there.count
        var seen: Set<Int> = []
        var last: [Int: Int] = [:]
        let unknown = Set(diaries.lazy.flatMap(\.entries).filter { $0.outcome == .unknown }.map(\.id))
        for id in there {
            if !seen.insert(id).inserted { duplicated += 1 }
            // What was in doubt may have been committed after its client had gone on.
            if unknown.contains(id) { continue }
            if let before = last[Row.client(of: id)], before > id { reordered += 1 }
            last[Row.client(of: id)] = id
        }
        for entry in diaries.lazy.flatMap(\.entries) {
            switch (entry.outcome, seen.contains(entry.id)) {
            case (.acknowledged, false): lost += 1
            case (.failed, true): undead += 1
            case (.unknown, true): unknownThere += 1
            default: break
            }
        }
    }
}
