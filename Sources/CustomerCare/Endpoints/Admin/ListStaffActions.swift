import Electricity
import JSON
import Postgres

/// Shows auditors what staff have done and read, the newest first.
struct ListStaffActions: Endpoint {
    static let route = Route.get("/v1/admin/staff-actions").requiring(.admin)

    let client: UUID?
    let subject: String?
    let range: AuditRange

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let client = try arguments.queryText("client")
        self.client = client.flatMap { UUID($0) }
        if client != nil, self.client == nil { throw Problem(parameter: "client", .wrongFormat) }
        subject = try arguments.queryText("subject")
        if let subject, !ListStaffActions.isSubject(subject) {
            throw Problem(parameter: "subject", .wrongFormat)
        }
        range = try AuditRange(arguments)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let (from, to) = try range.instants(today: context.today)
        let found = try await context.database.query(
            ListStaffActions.statement, .uuid(client), .text(subject), .timestamp(from),
            .timestamp(to), .timestamp(range.start?.cursor.instant), .uuid(range.start?.id),
            .int64(Int64(range.limit + 1)))
        let last = found.count > range.limit ? found[range.limit - 1] : nil
        let next = last.map { ListCursor(instant: $0.happenedAt, key: "\($0.id)").text }
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for action in found.prefix(range.limit) { json.element(action.write) }
            }
            json.field("next", next)
        }
        if let next {
            var query = range.query(next)
            if let client { query += "&client=\(client)" }
            if let subject { query += "&subject=\(subject)" }
            answer.nextPage = "/v1/admin/staff-actions?" + query
        }
        return answer
    }

    /// Ids, codes and words: what actions are about is nothing that must be encoded.
    private static func isSubject(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2F, 0x5F: true
                default: false
                }
            }
    }

    /// Something that a member of staff did or read.
    struct Action: Row {
        static let columns = [
            "staff_action_id", "happened_at", "client_id", "client_name", "action", "subject",
            "purpose", "request_id",
        ]
        let id: UUID
        let happenedAt: Instant
        let clientId: UUID
        let clientName: String?
        let action: String
        let subject: String
        let purpose: String?
        let requestId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            id = try row.uuid()
            happenedAt = try row.instant()
            clientId = try row.uuid()
            clientName = try row.optionalString()
            action = try row.string()
            subject = try row.string()
            purpose = try row.optionalString()
            requestId = try row.uuid()
        }

        func write(to json: inout JSONWriter) {
            json.field("staffActionId", id.description)
            json.field("happenedAt", happenedAt)
            json.field("clientId", clientId.description)
            json.field("clientName", clientName)
            json.field("action", action)
            json.field("subject", subject)
            json.field("purpose", purpose)
            json.field("requestId", requestId.description)
        }
    }

    static let statement = Statement<Action>(
        "list_staff_actions",
        """
        -- What staff did from $3 to before $4, client $1 or any, about $2 or anything, before
        -- ($5, $6), the newest first.
        select a.staff_action_id, a.happened_at, a.client_id, c.name as client_name, a.action,
            a.subject, a.purpose, a.request_id
        from staff_actions a
        left join clients c on c.client_id = a.client_id
        where a.happened_at >= $3 and a.happened_at < $4
            and ($1::uuid is null or a.client_id = $1) and ($2::text is null or a.subject = $2)
            and ($5::timestamptz is null or (a.happened_at, a.staff_action_id) < ($5, $6))
        order by a.happened_at desc, a.staff_action_id desc limit $7
        """)
}
