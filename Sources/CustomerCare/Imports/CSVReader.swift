import JSON

/// Rows of a table as comma-separated values (RFC 4180), the first of which names the columns.
///
/// The name of a column is the path of a member in the line, such as `readings/0/register`. Fields
/// are quoted or not; quoted ones may hold commas, line ends and doubled quotes. Rows end with LF
/// or CR LF. An empty field is a member that is absent; numbers and truth values are what the kind
/// of the import says is one. A comma may be a semicolon or a tab where the header says so.
struct CSVReader: ContentReader {
    /// Columns of one table.
    static let mostColumns = 500

    /// Where in a field the next byte stands.
    private enum Place {
        case start, plain, quoted, afterQuote
    }

    private let numbers: Set<String>
    private let truths: Set<String>
    private var separator = UInt8(ascii: ",")
    private var columns: [[String]] = []
    private var place = Place.start
    private var field: [UInt8] = []
    private var fields: [(bytes: [UInt8], isQuoted: Bool)] = []
    private var isQuoted = false
    private var isBroken = false
    /// Bytes of the row so far, against its bound.
    private var length = 0
    /// The line that is read, and the one on which the row began.
    private var line: Int64 = 1
    private var rowLine: Int64 = 1
    private var isFirst = true
    private var beginning: [UInt8] = []

    /// Makes a reader that takes members of these names for numbers, and of those for truth values.
    init(numbers: Set<String>, truths: Set<String>) {
        self.numbers = numbers
        self.truths = truths
    }

    mutating func take(_ piece: [UInt8]) throws(ContentFault) -> [ContentRecord] {
        var records: [ContentRecord] = []
        var bytes = piece[...]
        if isFirst {
            // A mark of byte order may come in pieces, too.
            beginning += piece
            if beginning.count < 3 { return [] }
            bytes = begin()
        }
        for byte in bytes { try take(byte, &records) }
        return records
    }

    mutating func finish() throws(ContentFault) -> [ContentRecord] {
        var records: [ContentRecord] = []
        if isFirst {
            for byte in begin() { try take(byte, &records) }
        }
        if place == .quoted { isBroken = true }
        if place != .start || !fields.isEmpty || isBroken { try endRow(&records) }
        if columns.isEmpty { throw .noHeader }
        return records
    }

    private mutating func begin() -> ArraySlice<UInt8> {
        isFirst = false
        let bytes = beginning
        beginning = []
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    private mutating func take(
        _ byte: UInt8, _ records: inout [ContentRecord]
    ) throws(ContentFault) {
        length += 1
        if length > JSONLinesReader.longestRecord { throw .tooLong(line: rowLine) }
        if byte == UInt8(ascii: "\n") { line += 1 }
        switch place {
        case .quoted:
            if byte == UInt8(ascii: "\"") { place = .afterQuote } else { field.append(byte) }
        case .afterQuote where byte == UInt8(ascii: "\""):
            field.append(byte)
            place = .quoted
        case .start where byte == UInt8(ascii: "\""):
            isQuoted = true
            place = .quoted
        default:
            try takeOutside(byte, &records)
        }
    }

    private mutating func takeOutside(
        _ byte: UInt8, _ records: inout [ContentRecord]
    ) throws(ContentFault) {
        if columns.isEmpty, fields.isEmpty, !isQuoted,
            byte == UInt8(ascii: ";") || byte == UInt8(ascii: "\t")
        {
            separator = byte
        }
        switch byte {
        case separator:
            endField()
            if fields.count > CSVReader.mostColumns { throw .tooLong(line: rowLine) }
            // What is behind the last separator is a field as well.
            place = .start
        case UInt8(ascii: "\n"):
            // CR is part of the end.
            if place != .afterQuote, field.last == UInt8(ascii: "\r") { field.removeLast() }
            if place == .start && fields.isEmpty || isBlank {
                clearRow()
            } else {
                try endRow(&records)
            }
        case UInt8(ascii: "\r") where place == .afterQuote:
            break
        default:
            // A quote inside a plain field, or anything behind a closing quote.
            if place == .afterQuote || byte == UInt8(ascii: "\"") { isBroken = true }
            field.append(byte)
            if place == .start { place = .plain }
        }
    }

    /// An empty line says nothing.
    private var isBlank: Bool { fields.isEmpty && field.isEmpty && !isQuoted && !isBroken }

    private mutating func endField() {
        fields.append((field, isQuoted))
        field.removeAll(keepingCapacity: true)
        isQuoted = false
    }

    private mutating func clearRow() {
        fields.removeAll(keepingCapacity: true)
        field.removeAll(keepingCapacity: true)
        isQuoted = false
        isBroken = false
        place = .start
        length = 0
        rowLine = line
    }

    private mutating func endRow(_ records: inout [ContentRecord]) throws(ContentFault) {
        endField()
        defer { clearRow() }
        if columns.isEmpty {
            guard !isBroken, let named = CSVReader.columns(fields.map(\.bytes)) else {
                throw .noHeader
            }
            columns = named
            return
        }
        records.append(ContentRecord(line: rowLine, content: content()))
    }

    private static func columns(_ names: [[UInt8]]) -> [[String]]? {
        var columns: [[String]] = []
        for name in names {
            guard let text = String(validating: name, as: UTF8.self) else { return nil }
            let path = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard path.count <= 4, !path.contains("") else { return nil }
            columns.append(path)
        }
        return Set(columns).count == columns.count ? columns : nil
    }

    private func content() -> ContentRecord.Content {
        if isBroken { return .fault(field: "#", code: "invalid_csv") }
        guard fields.count == columns.count else {
            return .fault(field: "#", code: "wrong_columns")
        }
        var tree = MemberTree()
        for (path, field) in zip(columns, fields) {
            if field.bytes.isEmpty, !field.isQuoted { continue }
            guard let text = String(validating: field.bytes, as: UTF8.self),
                !field.bytes.contains(0)
            else {
                return .fault(field: "#/" + path.joined(separator: "/"), code: "wrong_encoding")
            }
            tree.set(value(text, of: path.last ?? ""), at: path[...])
        }
        return .value(JSONDocument(tree.value))
    }

    private func value(_ text: String, of name: String) -> JSONValue {
        if numbers.contains(name) {
            // What is no number stays text, and is told to be of the wrong type.
            guard let number = try? JSONValue.parse(Array("[\(text)]".utf8)),
                case .array(let items) = number, items.count == 1
            else { return .string(text) }
            return items[0]
        }
        if truths.contains(name) {
            switch text {
            case "true", "1": return .boolean(true)
            case "false", "0": return .boolean(false)
            default: return .string(text)
            }
        }
        return .string(text)
    }
}

/// Members by their paths; what is named by numbers becomes a list.
struct MemberTree {
    private var members: [(name: String, tree: MemberTree)] = []
    private var leaf: JSONValue?

    mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let name = path.first else {
            leaf = value
            return
        }
        if let index = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            members[index].tree.set(value, at: path.dropFirst())
        } else {
            var tree = MemberTree()
            tree.set(value, at: path.dropFirst())
            members.append((name, tree))
        }
    }

    var value: JSONValue {
        if let leaf { return leaf }
        if !members.isEmpty, members.allSatisfy({ MemberTree.isNumber($0.name) }) {
            return .array(members.map(\.tree.value))
        }
        return .object(members.map { JSONMember(name: $0.name, value: $0.tree.value) })
    }

    private static func isNumber(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
