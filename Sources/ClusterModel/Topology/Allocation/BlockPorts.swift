/// The ports of the k-th balancer of a host: k9999, k9898, k8080 and, from k5432 on, its nodes.
///
/// Five such blocks fit below 65536. Block 6 is block 1 moved down by a hundred (19899, 19798, 17980, 15332…), and so
/// on; since the four kinds of port differ in their last two digits and a balancer has at most 32 nodes, no two blocks
/// meet.
struct BlockPorts: Equatable {
    /// Counted from 1.
    let block: Int

    static let blocks = 250

    private var start: Int { ((block - 1) % 5 + 1) * 10_000 - (block - 1) / 5 * 100 }

    var sql: Int { start + 9999 }
    var pcp: Int { start + 9898 }
    var rest: Int { start + 8080 }
    func node(_ id: Int) -> Int { start + 5432 + id }

    init(block: Int) { self.block = block }

    /// The block that the given ports of a balancer were chosen from; nil if they follow no pattern.
    init?(guessedFrom draft: BalancerDraft) {
        let guesses = [(draft.port, 9999), (draft.pcpPort, 9898), (draft.restPort, 8080), (draft.primary.port, 5432)]
        let block = guesses.lazy.compactMap { port, offset -> Int? in
            guard let start = port.map({ $0 - offset }), start % 10_000 == 0, (1...5).contains(start / 10_000) else {
                return nil
            }
            return start / 10_000
        }.first
        guard let block else { return nil }
        self.block = block
    }

    /// The ports of this block that the balancer would need, because its draft leaves them out.
    func needed(by draft: BalancerDraft) -> [Int] {
        let own = [draft.port == nil ? sql : nil, draft.pcpPort == nil ? pcp : nil, draft.restPort == nil ? rest : nil]
        let nodes = ([draft.primary] + draft.replicas).enumerated().map { $1.port == nil ? node($1.id ?? $0) : nil }
        return (own + nodes).compactMap(\.self)
    }
}
