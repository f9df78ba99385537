import Electricity
import JSON
import Postgres

/// Begins an import: says what is to come, from where, and what it must add up to.
///
/// It has no effect before it is committed; one that is left alone does no harm.
struct CreateImport: Endpoint {
    static let route = Route.post("/v1/imports").requiring(.importing)

    let kind: ImportKind
    let source: String
    let asOf: Instant
    let sendsMessages: Bool
    let expectedRows: Int64?
    let expectedTotal: Int64?
    let newMonth: BillingMonth?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let kind = object?.word("kind", ImportKind.self)
        let source = object?.name("source", atMost: 40)
        // What staff have typed is theirs alone.
        if kind == .outages, source == StaffOutage.source { object?.fault("source", .notAllowed) }
        let asOf = object?.instant("asOf")
        let messages = object?.string("messages", length: 1...10)
        if let messages, !["send", "none"].contains(messages) {
            object?.fault("messages", .notAllowed)
        } else if messages == "send", let kind, !kind.hasMessages {
            object?.fault("messages", .notAllowed)
        }
        expectedRows = object?.optionalInteger("expectedRows", in: 0...1_000_000_000)
        expectedTotal = object?.optionalInteger("expectedTotal", in: 0...1_000_000_000_000_000)
        let newMonth = object?.holds("newMonth") == true ? object?.month("newMonth") : nil
        if newMonth != nil, let kind, kind != .bills, kind != .reactiveBills {
            object?.fault("newMonth", .notAllowed)
        }
        if let problem = Problem(faults) { throw problem }
        guard let kind, let source, let asOf, let messages else { throw Problem(.invalidRequest) }
        self.kind = kind
        self.source = source
        self.asOf = asOf
        sendsMessages = messages == "send"
        self.newMonth = newMonth
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        // Data of tomorrow would stand above all that comes until then.
        guard asOf <= context.now.advanced(bySeconds: 300) else {
            throw Problem(pointer: "#/asOf", .outOfRange)
        }
        if let newMonth {
            let known = try await context.database.queryOne(
                CreateImport.monthStands, .month(newMonth))
            guard known?.isEmpty == true else { throw Problem(pointer: "#/newMonth", .notAllowed) }
        }
        let id = context.newId()
        try await context.write { (transaction) async throws(Problem) in
            try await transaction.queue(
                CreateImport.insert, .uuid(id), .uuid(client), .text(kind.rawValue), .text(source),
                .timestamp(asOf), .bool(sendsMessages), .int64(expectedRows),
                .int64(expectedTotal), .timestamp(context.now), .month(newMonth))
        }
        var answer = try await Import.answer(id, status: 201, context: context)
        answer.location = "/v1/imports/\(id)"
        return answer
    }

    static let insert = Command(
        "create_import",
        """
        -- An import whose content is to come.
        insert into imports (import_id, client_id, kind, source, as_of, sends_messages,
            expected_rows, expected_total, state, byte_count, row_count, fault_count, created_at,
            updated_at, new_month)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'awaiting_content', 0, 0, 0, $9, $9, $10)
        """)

    /// Whether a month is kept and has no bill.
    struct MonthStands: Row {
        static let columns = ["is_empty"]
        let isEmpty: Bool

        init(_ row: inout RowDecoder) throws(RowError) {
            isEmpty = try row.bool()
        }
    }

    static let monthStands = Statement<MonthStands>(
        "create_import_month_stands",
        """
        -- Whether month $1 is one of those that are kept, and has no bill yet.
        -- scan: one partition, to its first row.
        select exists (
                select from pg_inherits i
                where i.inhrelid = to_regclass('bills_' || to_char($1::date, 'YYYY_MM'))
                    and i.inhparent = 'bills'::regclass)
            and not exists (select from bills b where b.month = $1) as is_empty
        """)
}
