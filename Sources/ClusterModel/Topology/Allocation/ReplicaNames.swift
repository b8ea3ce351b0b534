/// The pattern that the replicas of a balancer are named by: what stands before the number.
struct ReplicaNames: Equatable {
    var hostStem: String
    var containerStem: String

    /// Follows a replica that is there (`replica1` gives `replica`); without one the primary (`lb1-primary` gives
    /// `lb1-replica`); without either the names of the balancer and the cluster.
    init(cluster: String, balancer: String, primary: NodeDraft, replicas: [NodeDraft]) {
        hostStem =
            Self.stem(replicas.map(\.host), primary: primary.host) ?? "\(balancer)-replica"
        containerStem =
            Self.stem(replicas.map(\.containerName), primary: primary.containerName) ?? "\(cluster)_\(balancer)_replica"
    }

    private static func stem(_ replicas: [String?], primary: String?) -> String? {
        if let stem = replicas.lazy.compactMap({ $0?.numberedStem }).last { return stem }
        guard let primary, let range = primary.lowestRange(of: "primary") else { return nil }
        return primary.replacingCharacters(range, with: "replica").withoutTrailingDigits
    }

    /// The draft's names where it has them; the others with the node's id, or else with the next number that is free.
    func complete(_ draft: NodeDraft, id: Int, taken: Taken) -> (host: String, containerName: String) {
        var number = id
        while draft.host == nil && taken.hosts.contains("\(hostStem)\(number)".lowercased())
            || draft.containerName == nil && taken.containerNames.contains("\(containerStem)\(number)")
        {
            number += 1
        }
        return (draft.host ?? "\(hostStem)\(number)", draft.containerName ?? "\(containerStem)\(number)")
    }
}

extension String {
    /// The text before the number that it ends in; nil if it ends in none or is nothing but a number.
    var numberedStem: String? {
        let stem = withoutTrailingDigits
        return stem.count == count || stem.isEmpty ? nil : stem
    }

    var withoutTrailingDigits: String {
        String(self[..<(lastIndex { !($0.isASCII && $0.isNumber) }.map { index(after: $0) } ?? startIndex)])
    }

    fileprivate func lowestRange(of part: String) -> Range<String.Index>? {
        indices.lazy.compactMap { start in
            self[start...].hasPrefix(part) ? start..<self.index(start, offsetBy: part.count) : nil
        }.first
    }

    fileprivate func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
