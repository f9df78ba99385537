import Electricity
import JSON

/// What the service answers as people read it: rows in columns, or one thing member by member.
enum AnswerText {
    /// What stands where there is nothing.
    private static let nothing = "-"
    /// Members of an object that is written in one word: `feeder/F-1`.
    private static let mostInAWord = 2

    /// Rows in columns under headings.
    static func table(_ rows: [JSONValue], _ columns: [StaffCall.Column]) -> [String] {
        let numeric = columns.indices.filter { isNumeric(rows, columns[$0].path) }
        var table = TextTable(columns.map(\.title), numeric: Set(numeric))
        for row in rows {
            table.add(columns.map { cell(value(row, $0.path), isMoney: $0.isMoney) })
        }
        return table.lines
    }

    /// Every member in the order of the answer, those of objects inside it by their path; and last
    /// the tag that a change must name.
    static func record(_ value: JSONValue, tag: String?) -> [String] {
        var members = flattened(value, "")
        if let tag { members.append(("tag", [TerminalText.visible(tag)])) }
        let width = members.map { TerminalText.width($0.name) }.max() ?? 0
        return members.flatMap { name, lines in
            lines.enumerated().map { index, line in
                TerminalText.padded(index == 0 ? name : "", to: width) + "  " + line
            }
        }
    }

    /// A value in one cell of a table.
    static func cell(_ value: JSONValue?, isMoney: Bool = false) -> String {
        switch value {
        case nil, .null: nothing
        case .boolean(let truth): truth ? "yes" : "no"
        case .integer(let number): isMoney ? grouped(number) : "\(number)"
        case .real(let number): "\(number)"
        case .outOfRange: "?"
        case .string(let text): instant(text) ?? text
        case .array(let items):
            items.isEmpty ? nothing : items.map { cell($0) }.joined(separator: ", ")
        case .object(let members) where members.count <= mostInAWord:
            members.map { cell($0.value) }.joined(separator: "/")
        case .object(let members):
            members.map { "\($0.name) \(cell($0.value))" }.joined(separator: ", ")
        }
    }

    /// Whether there are numbers, and nothing else.
    private static func isNumeric(_ rows: [JSONValue], _ path: [String]) -> Bool {
        let values = rows.compactMap { value($0, path) }.filter { $0 != .null }
        return !values.isEmpty
            && values.allSatisfy { value in
                switch value {
                case .integer, .real, .outOfRange: true
                default: false
                }
            }
    }

    private static func value(_ row: JSONValue, _ path: [String]) -> JSONValue? {
        path.reduce(row) { value, name in value?.member(name) }
    }

    private static func flattened(
        _ value: JSONValue, _ path: String
    ) -> [(name: String, lines: [String])] {
        guard case .object(let members) = value else { return [(path, lines(value))] }
        return members.flatMap { member in
            let name = TerminalText.visible(member.name)
            return flattened(member.value, path.isEmpty ? name : path + "." + name)
        }
    }

    private static func lines(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text):
            // Line by line: what messages say has several.
            let lines =
                instant(text).map { [$0] }
                ?? text.split(
                    separator: "\n", omittingEmptySubsequences: false
                ).map(String.init)
            return lines.map(TerminalText.visible)
        case .array(let items) where !items.isEmpty:
            return isTable(items)
                ? table(items, columns(of: items)) : items.map { TerminalText.visible(cell($0)) }
        default: return [TerminalText.visible(cell(value))]
        }
    }

    private static func isTable(_ items: [JSONValue]) -> Bool {
        items.contains { item in
            if case .object(let members) = item { members.count > mostInAWord } else { false }
        }
    }

    /// Every member that any of the items has, in the order in which they come.
    private static func columns(of items: [JSONValue]) -> [StaffCall.Column] {
        var names: [String] = []
        for case .object(let members) in items {
            for member in members where !names.contains(member.name) { names.append(member.name) }
        }
        return names.map { StaffCall.Column($0, TerminalText.visible($0)) }
    }

    /// 1234567 as `1.234.567`.
    private static func grouped(_ number: Int64) -> String {
        var digits = String(number.magnitude)[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ".")
    }

    /// An instant of Vietnam as `2026-12-05 08:00`; nil for any other text.
    private static func instant(_ text: String) -> String? {
        guard text.utf8.count == 25, text.hasSuffix("+07:00"), Instant(rfc3339: text) != nil
        else { return nil }
        let second = text.dropFirst(16).prefix(3)
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
            + (second == ":00" ? "" : second)
    }
}
