/// One transaction of the append workload, as its client saw it.
struct AppendTransaction: Sendable {
    enum Operation: Sendable, Equatable {
        case read(key: Int, values: [Int])
        case append(key: Int, value: Int)
    }

    let client: Int
    let operations: [Operation]
    let outcome: Diary.Outcome

    var appends: [(key: Int, value: Int)] {
        operations.compactMap { operation in
            guard case .append(let key, let value) = operation else { return nil }
            return (key, value)
        }
    }

    /// What it read of each key before it appended to it: the part of its snapshot that it showed.
    var snapshot: [(key: Int, values: [Int])] {
        var written: Set<Int> = []
        return operations.compactMap { operation in
            switch operation {
            case .append(let key, _):
                written.insert(key)
                return nil
            case .read(let key, let values): return written.contains(key) ? nil : (key, values)
            }
        }
    }
}
