extension String {
    /// The candidate that was probably meant; nil if none is near.
    public func nearest(in candidates: [String]) -> String? {
        let typed = lowercased()
        let ranked = candidates.map { ($0, typed.editDistance(to: $0.lowercased())) }
        guard let (name, distance) = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        if distance <= Swift.max(1, Swift.min(typed.count, name.count) / 3) { return name }
        return candidates.filter { typed.isAbbreviation(of: $0) }.min { $0.count < $1.count }
    }

    /// Whether all words of this text are among the other's (`rest_port` of `rest_api_port`), or it is a part of it.
    private func isAbbreviation(of other: String) -> Bool {
        let words = split { $0 == "_" || $0 == "-" }, others = other.split(separator: "_")
        return !words.isEmpty && words.allSatisfy(others.contains) || count >= 4 && other.contains(self)
    }

    /// How many letters have to be inserted, deleted, replaced or swapped with their neighbour to make the other text.
    func editDistance(to other: String) -> Int {
        let left = Array(self), right = Array(other)
        var twoBack: [Int] = []
        var previous = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, target) in right.enumerated() {
                var best = Swift.min(
                    previous[column] + (letter == target ? 0 : 1),
                    previous[column + 1] + 1,
                    current[column] + 1
                )
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == target {
                    best = Swift.min(best, twoBack[column - 1] + 1)
                }
                current.append(best)
            }
            twoBack = previous
            previous = current
        }
        return previous[right.count]
    }
}
