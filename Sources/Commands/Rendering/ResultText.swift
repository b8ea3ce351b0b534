internal import ClusterModel
internal import Orchestration

/// What a script returned, as text for people.
struct ResultText {
    let theme: Theme

    /// The lines; none for null.
    func lines(_ result: Document) -> [String] {
        if StatusText.fits(result) { return StatusText(theme: theme).lines(result) }
        if let text = result["text"]?.text, result["steps"] != nil { return Self.split(text) }
        return switch result {
        case .null: []
        case .object(let members): record(members)
        case .array(let elements): list(elements)
        case .string(let text): Self.split(text)
        default: [cell(result)]
        }
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private func record(_ members: [Document.Member]) -> [String] {
        let width = members.map(\.key.count).max() ?? 0
        return members.flatMap { member -> [String] in
            let title = theme.faint(member.key)
            let padding = String(repeating: " ", count: width - member.key.count)
            switch member.value {
            case .object(let inner) where !inner.isEmpty: return [title] + record(inner).map { "  \($0)" }
            case .array(let elements) where elements.contains { $0.isNested }:
                return [title] + list(elements).map { "  \($0)" }
            default: return ["\(title)\(padding)  \(cell(member.value))"]
            }
        }
    }

    private func list(_ elements: [Document]) -> [String] {
        var names: [String] = []
        for case .object(let members) in elements {
            for member in members where !names.contains(member.key) { names.append(member.key) }
        }
        guard !names.isEmpty else { return elements.map(cell) }
        let columns = names.map { name in
            TextTable.Column(title: name, isNumeric: elements.allSatisfy { ($0[name] ?? .null).isNumericOrNull })
        }
        return TextTable(columns: columns, rows: elements.map { row in names.map { cell(row[$0] ?? .null) } })
            .lines(theme: theme)
    }

    /// One value on one line.
    private func cell(_ value: Document) -> String {
        switch value {
        case .null: ""
        case .boolean(let value): value ? "yes" : "no"
        case .integer(let value): String(value)
        case .number(let value): value.shortText
        case .string(let text): text.replacing("\n", with: " ")
        case .array(let elements):
            elements.contains(where: \.isNested) ? value.json() : elements.map(cell).joined(separator: ", ")
        case .object: value.json()
        }
    }
}

extension Document {
    fileprivate var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    fileprivate var isNumericOrNull: Bool { self == .null || double != nil }
}
