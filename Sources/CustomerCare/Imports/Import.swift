import Electricity
import JSON
import Postgres

/// Data that another system brings: taken as a whole or not at all.
struct Import: Row {
    /// How far it has come.
    ///
    /// Nothing is changed before it is committed.
    enum State: String, Sendable {
        case awaitingContent = "awaiting_content"
        /// Its content is there, and held against what is known.
        case validating
        /// It has faults: other content may be sent.
        case invalid
        case validated
        /// It is being put into use.
        case committing
        case committed
        /// It is being taken back.
        case rollingBack = "rolling_back"
        case rolledBack = "rolled_back"

        /// Whether content is taken.
        var takesContent: Bool {
            switch self {
            case .awaitingContent, .invalid, .validated: true
            case .validating, .committing, .committed, .rollingBack, .rolledBack: false
            }
        }
    }

    /// Bytes of the largest content: five gigabytes.
    static let maximumBytes = 5_368_709_120
    /// The media types of content.
    static let jsonLines = "application/x-ndjson"
    static let csv = "text/csv"

    static let columns = [
        "import_id", "client_id", "kind", "source", "as_of", "sends_messages", "expected_rows",
        "expected_total", "state", "content_digest", "byte_count", "row_count", "fault_count",
        "fault", "new_count", "corrected_count", "cancelled_count", "unchanged_count", "total",
        "message_count", "anomalies", "approved_by", "created_at", "updated_at", "committed_at",
        "new_month", "is_arriving",
    ]

    let importId: UUID
    let clientId: UUID
    let kind: ImportKind
    let source: String
    let asOf: Instant
    let sendsMessages: Bool
    let expectedRows: Int64?
    let expectedTotal: Int64?
    let state: State
    let contentDigest: String?
    let byteCount: Int64
    let rowCount: Int64
    let faultCount: Int64
    let fault: String?
    let difference: ImportDifference?
    /// What is out of the ordinary, as a JSON array; nil when nothing is.
    let anomalies: [UInt8]?
    /// Who approved it in spite of that.
    let approvedBy: UUID?
    let createdAt: Instant
    let updatedAt: Instant
    let committedAt: Instant?
    /// The month of which all of its bills are, and none is there; nil for any other import.
    let newMonth: BillingMonth?
    /// Whether its bills wait where they become the partition of that month.
    let isArriving: Bool

    init(_ row: inout RowDecoder) throws(RowError) {
        importId = try row.uuid()
        clientId = try row.uuid()
        kind = try row.word(ImportKind.self)
        source = try row.string()
        asOf = try row.instant()
        sendsMessages = try row.bool()
        expectedRows = try row.optionalInt64()
        expectedTotal = try row.optionalInt64()
        state = try row.word(State.self)
        contentDigest = try row.optionalString()
        byteCount = try row.int64()
        rowCount = try row.int64()
        faultCount = try row.int64()
        fault = try row.optionalString()
        difference = try ImportDifference(optional: &row)
        anomalies = try row.optionalUTF8()
        approvedBy = try row.optionalUUID()
        createdAt = try row.instant()
        updatedAt = try row.instant()
        committedAt = try row.optionalInstant()
        newMonth = try row.optionalLocalDate()?.month
        isArriving = try row.bool()
    }

    /// What a line of it is, and where its rows wait.
    var line: any ImportLine.Type { isArriving ? kind.arrivingLine : kind.line }

    /// Whether a second person must look at it before it is put into use.
    var needsApproval: Bool { anomalies != nil && approvedBy == nil }

    /// Writes all members, with the faults that are listed.
    func write(to json: inout JSONWriter, faults: [ImportFault]) {
        json.field("importId", importId.description)
        json.field("kind", kind.rawValue)
        json.field("source", source)
        json.field("asOf", asOf)
        json.field("messages", sendsMessages ? "send" : "none")
        json.field("expectedRows", expectedRows)
        json.field("expectedTotal", expectedTotal)
        json.field("newMonth", newMonth?.description)
        json.field("state", state.rawValue)
        json.field("bytes", byteCount)
        json.field("rows", rowCount)
        json.field("faultCount", faultCount)
        json.field("fault", fault)
        json.list("faults") { json in
            for fault in faults { json.element(fault.write) }
        }
        if let difference {
            json.field("difference", difference.write)
        } else {
            json.nullField("difference")
        }
        json.rawField("anomalies", anomalies ?? Array("[]".utf8))
        json.field("needsApproval", needsApproval)
        json.field("createdAt", createdAt)
        json.field("updatedAt", updatedAt)
        json.field("committedAt", committedAt)
    }

    /// The import as it stands, with its first faults.
    static func answer(
        _ id: UUID, status: Int = 200, context: Context
    ) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(find, .uuid(id))
        guard let found else { throw Problem(.notFound) }
        let faults =
            found.faultCount == 0
            ? [] : try await context.database.query(ImportFault.list, .uuid(id))
        return .object(status: status, reserving: 2_048) { found.write(to: &$0, faults: faults) }
    }

    static let find = Statement<Import>(
        "import_find",
        """
        -- Import $1.
        select import_id, client_id, kind, source, as_of, sends_messages, expected_rows,
            expected_total, state, content_digest, byte_count, row_count, fault_count, fault,
            new_count, corrected_count, cancelled_count, unchanged_count, total, message_count,
            anomalies, approved_by, created_at, updated_at, committed_at, new_month, is_arriving
        from imports where import_id = $1
        """)

    static let lock = Statement<Import>(
        "import_lock",
        """
        -- Import $1, locked.
        select import_id, client_id, kind, source, as_of, sends_messages, expected_rows,
            expected_total, state, content_digest, byte_count, row_count, fault_count, fault,
            new_count, corrected_count, cancelled_count, unchanged_count, total, message_count,
            anomalies, approved_by, created_at, updated_at, committed_at, new_month, is_arriving
        from imports where import_id = $1 for update
        """)
}

/// What an import would change.
struct ImportDifference: Row {
    static let columns = [
        "new_count", "corrected_count", "cancelled_count", "unchanged_count", "total",
        "message_count",
    ]
    let new: Int64
    let corrected: Int64
    let cancelled: Int64
    let unchanged: Int64
    /// VND of all that is new, corrected or not changed.
    let total: Int64
    /// Messages that would go out.
    let messages: Int64

    init(
        new: Int64, corrected: Int64, cancelled: Int64, unchanged: Int64, total: Int64,
        messages: Int64
    ) {
        self.new = new
        self.corrected = corrected
        self.cancelled = cancelled
        self.unchanged = unchanged
        self.total = total
        self.messages = messages
    }

    init(_ row: inout RowDecoder) throws(RowError) {
        new = try row.int64()
        corrected = try row.int64()
        cancelled = try row.int64()
        unchanged = try row.int64()
        total = try row.int64()
        messages = try row.int64()
    }

    /// Nil for an import that was not held against what is known.
    init?(optional row: inout RowDecoder) throws(RowError) {
        if try row.isNull() {
            for _ in ImportDifference.columns { try row.skip() }
            return nil
        }
        try self.init(&row)
    }

    func write(to json: inout JSONWriter) {
        json.field("new", new)
        json.field("corrected", corrected)
        json.field("cancelled", cancelled)
        json.field("unchanged", unchanged)
        json.field("total", total)
        json.field("messages", messages)
    }
}

/// One thing that is wrong with a line.
struct ImportFault: Row {
    /// How many are listed; all are counted.
    static let listed: Int64 = 1_000

    /// Characters of a value that are kept.
    private static let longestValue = 60

    static let columns = ["line", "field", "code", "value"]
    let line: Int64
    /// A JSON Pointer in the line.
    let field: String
    let code: String
    /// What stands there, or stars where it is personal; nil where nothing stands there, it is a
    /// list or an object, or it is only wrong beside what is known.
    let value: String?

    init(line: Int64, field: String, code: String, value: String? = nil) {
        self.line = line
        self.field = field
        self.code = code
        self.value = value
    }

    /// What stands at a pointer of a line, to be shown: shortened, without what cannot be seen.
    static func shown(at pointer: String, in line: JSONValue, personal: Set<String>) -> String? {
        var value = line
        var last = ""
        for part in pointer.split(separator: "/").dropFirst() {
            last = String(part)
            switch value {
            case .array(let items):
                guard let index = Int(last), items.indices.contains(index) else { return nil }
                value = items[index]
            default:
                guard let member = value.member(last) else { return nil }
                value = member
            }
        }
        let text: String
        switch value {
        case .string(let string): text = string
        case .integer(let number): text = "\(number)"
        case .real(let number): text = "\(number)"
        case .boolean(let truth): text = truth ? "true" : "false"
        case .null, .outOfRange, .array, .object: return nil
        }
        if personal.contains(last) { return "***" }
        let visible = text.unicodeScalars.prefix(longestValue).map { scalar in
            scalar.properties.generalCategory == .control ? "?" : String(scalar)
        }
        return visible.joined()
    }

    init(_ row: inout RowDecoder) throws(RowError) {
        line = try row.int64()
        field = try row.string()
        code = try row.string()
        value = try row.optionalString()
    }

    func write(to json: inout JSONWriter) {
        json.field("line", line)
        json.field("field", field)
        json.field("code", code)
        json.field("value", value)
    }

    static let list = Statement<ImportFault>(
        "import_fault_list",
        """
        -- The first faults of import $1, by their lines.
        select line, field, code, value from import_faults where import_id = $1
        order by line, field limit 1000
        """)

    static let insert = Command(
        "import_fault_insert",
        """
        -- Faults of import $1.
        insert into import_faults (import_id, line, field, code, value)
        select $1, line, field, code, nullif(value, '')
        from unnest($2::bigint[], $3::text[], $4::text[], $5::text[])
            as found (line, field, code, value)
        on conflict do nothing
        """)

    static let clear = Command(
        "import_fault_clear",
        """
        -- The faults of content that is replaced.
        delete from import_faults where import_id = $1
        """)
}
