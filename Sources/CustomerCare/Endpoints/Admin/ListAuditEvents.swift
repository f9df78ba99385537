import Electricity
import JSON
import Postgres

/// Shows auditors what accounts did about one code, and who read its data, the newest first.
struct ListAuditEvents: Endpoint {
    static let route = Route.get("/v1/admin/audit-events").requiring(.admin)

    let code: CustomerCode
    let range: AuditRange

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        guard let text = try arguments.queryText("customerCode") else {
            throw Problem(parameter: "customerCode", .missing)
        }
        guard let code = CustomerCode(exact: text) else {
            throw Problem(parameter: "customerCode", .wrongFormat)
        }
        self.code = code
        range = try AuditRange(arguments)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = code
        let (from, to) = try range.instants(today: context.today)
        let found = try await context.database.query(
            ListAuditEvents.statement, .text(code.text), .timestamp(from), .timestamp(to),
            .timestamp(range.start?.cursor.instant), .uuid(range.start?.id),
            .int64(Int64(range.limit + 1)))
        let last = found.count > range.limit ? found[range.limit - 1] : nil
        let next = last.map { ListCursor(instant: $0.happenedAt, key: "\($0.id)").text }
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for event in found.prefix(range.limit) { json.element(event.write) }
            }
            json.field("next", next)
        }
        if let next {
            answer.nextPage =
                "/v1/admin/audit-events?customerCode=\(code)&" + range.query(next)
        }
        return answer
    }

    /// Something that an account did or read.
    struct Event: Row {
        static let columns = [
            "audit_event_id", "happened_at", "account_id", "client_id", "client_name", "action",
            "request_id",
        ]
        let id: UUID
        let happenedAt: Instant
        let accountId: UUID
        let clientId: UUID
        let clientName: String?
        let action: String
        let requestId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            id = try row.uuid()
            happenedAt = try row.instant()
            accountId = try row.uuid()
            clientId = try row.uuid()
            clientName = try row.optionalString()
            action = try row.string()
            requestId = try row.uuid()
        }

        func write(to json: inout JSONWriter) {
            json.field("auditEventId", id.description)
            json.field("happenedAt", happenedAt)
            json.field("accountId", accountId.description)
            json.field("clientId", clientId.description)
            json.field("clientName", clientName)
            json.field("action", action)
            json.field("requestId", requestId.description)
        }
    }

    static let statement = Statement<Event>(
        "list_audit_events",
        """
        -- What was done and read about code $1 from $2 to before $3, before ($4, $5), the newest
        -- first.
        select e.audit_event_id, e.happened_at, e.account_id, e.client_id, c.name as client_name,
            e.action, e.request_id
        from audit_events e
        left join clients c on c.client_id = e.client_id
        where e.customer_code = $1 and e.happened_at >= $2 and e.happened_at < $3
            and ($4::timestamptz is null or (e.happened_at, e.audit_event_id) < ($4, $5))
        order by e.happened_at desc, e.audit_event_id desc limit $6
        """)
}
