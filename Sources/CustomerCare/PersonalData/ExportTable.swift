import JSON

/// A table of an export: the same rows as JSON and as CSV.
struct ExportTable {
    let name: String
    /// Rows in it.
    let count: Int
    /// A JSON array.
    let json: [UInt8]

    /// Takes what writes each row.
    init(_ name: String, _ rows: [(inout JSONWriter) -> Void]) {
        self.name = name
        count = rows.count
        var json = JSONWriter(reservingCapacity: 4_096)
        json.array { json in
            for row in rows { json.element(row) }
        }
        self.json = json.bytes
    }

    /// The rows as RFC 4180 has them, in UTF-8 with a mark of byte order, which spreadsheets need.
    ///
    /// What stands inside of a row becomes text: the JSON beside it has it exactly.
    var csv: [UInt8] {
        // What was written a moment ago can be read.
        guard let value = try? JSONValue.parse(json), case .array(let rows) = value else {
            return []
        }
        var columns: [String] = []
        for case .object(let members) in rows {
            for member in members where !columns.contains(member.name) {
                columns.append(member.name)
            }
        }
        var text = "\u{FEFF}" + columns.joined(separator: ",") + "\r\n"
        for row in rows {
            let fields = columns.map { ExportTable.field(row.member($0) ?? .null) }
            text += fields.joined(separator: ",") + "\r\n"
        }
        return Array(text.utf8)
    }

    private static func field(_ value: JSONValue) -> String {
        var text = plain(value)
        // A spreadsheet would take it for a formula.
        if case .string = value, let first = text.unicodeScalars.first,
            ["=", "+", "-", "@", "\t", "\r"].contains(first)
        {
            text = "'" + text
        }
        guard text.contains(where: { ["\"", ",", "\r", "\n", "\r\n"].contains($0) }) else {
            return text
        }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .null, .outOfRange: ""
        case .boolean(let truth): truth ? "true" : "false"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .string(let text): text
        case .array(let items): items.map(plain).joined(separator: " | ")
        case .object(let members):
            members.map { "\($0.name): \(plain($0.value))" }.joined(separator: "; ")
        }
    }
}
