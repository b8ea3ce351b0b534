/// Rows in aligned columns.
struct TextTable {
    struct Column {
        var title: String
        var isNumeric = false
    }

    let columns: [Column]
    var rows: [[String]]

    /// The lines: titles in capitals, then the rows, without spaces at the end of a line.
    func lines(theme: Theme = .plain) -> [String] {
        let titles = columns.map { $0.title.uppercased() }
        let widths = columns.indices.map { index in
            ([titles[index]] + rows.map { $0[index] }).map(\.count).max() ?? 0
        }
        return [theme.faint(line(titles, widths))] + rows.map { line($0, widths) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: widths[index] - cell.count)
            return columns[index].isNumeric ? padding + cell : cell + padding
        }
        return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
}
