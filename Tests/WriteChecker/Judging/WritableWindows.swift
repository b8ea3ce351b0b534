/// How long two nodes accepted writes at the same time, from the moments at which each accepted one.
struct WritableWindows {
    /// A node that did not accept anything for so long, in seconds, was not writable in between.
    private static let silence = 0.25

    /// The total of the times in which two nodes were writable, in seconds.
    private(set) var seconds = 0.0
    /// Writes that were accepted in these times, by the node that accepted fewer.
    private(set) var writes = 0

    /// One list of moments for each node, in seconds.
    init(_ nodes: [[Double]]) {
        let runs = nodes.map { Self.runs($0.sorted()) }
        for (number, node) in runs.enumerated() {
            for other in runs.dropFirst(number + 1) {
                for (own, their) in node.flatMap({ run in other.map { (run, $0) } }) { count(own, their) }
            }
        }
    }

    private mutating func count(_ one: [Double], _ other: [Double]) {
        let begin = max(one[0], other[0])
        let end = min(one[one.count - 1], other[other.count - 1])
        guard begin <= end else { return }
        seconds += end - begin
        writes += min(one.count { $0 >= begin && $0 <= end }, other.count { $0 >= begin && $0 <= end })
    }

    /// The moments in groups without silence in them; no group is empty.
    private static func runs(_ moments: [Double]) -> [[Double]] {
        var runs: [[Double]] = []
        for moment in moments {
            if let last = runs.last?.last, moment - last <= silence {
                runs[runs.count - 1].append(moment)
            } else {
                runs.append([moment])
            }
        }
        return runs
    }
}
