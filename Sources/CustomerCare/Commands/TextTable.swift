/// Lines of cells in columns.
package struct TextTable {
    private var rows: [[String]]
    private let numeric: Set<Int>

    /// Begins with the row of headings; columns of numbers stand on the right.
    package init(_ headings: [String], numeric: Set<Int> = []) {
        rows = [headings]
        self.numeric = numeric
    }

    /// Adds a row with a cell for every heading.
    package mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// The lines, two spaces between columns and none at the end.
    package var lines: [String] {
        let shown = rows.map { $0.map(TerminalText.visible) }
        let widths = rows[0].indices.map { column in
            shown.map { TerminalText.width($0[column]) }.max() ?? 0
        }
        return shown.map { row in
            let cells = row.indices.map { column in
                TerminalText.padded(
                    row[column], to: widths[column], onTheLeft: numeric.contains(column))
            }
            var line = cells.joined(separator: "  ")[...]
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }
}
