extension String {
    /// The candidate that was probably meant; `nil` if none is near.
    package func nearest(in candidates: [String]) -> String? {
        let ranked = candidates.map { ($0, distance(to: $0)) }
        guard let (name, distance) = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        return distance <= Swift.max(1, count / 3) ? name : nil
    }

    /// How many letters have to be inserted, deleted or replaced to make the other text.
    private func distance(to other: String) -> Int {
        var previous = Array(0...other.count)
        for (row, letter) in enumerated() {
            var current = [row + 1]
            for (column, target) in other.enumerated() {
                let replaced = previous[column] + (letter == target ? 0 : 1)
                current.append(Swift.min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[other.count]
    }
}
