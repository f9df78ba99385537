import Electricity
import JSON
import Postgres

/// Lists imports, the newest first: what came, what it changed, and what waits for approval.
///
/// Their faults are told to whoever sent them.
struct ListStaffImports: Endpoint {
    static let route = Route.get("/v1/staff/imports").requiring(.staff)

    private static let pageSize = 50

    let limit: Int
    /// Imports before this one.
    let start: (cursor: ListCursor, id: UUID)?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListStaffImports.pageSize
        start = try arguments.queryIdCursor()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.query(
            ListStaffImports.statement, .timestamp(start?.cursor.instant), .uuid(start?.id),
            .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map { ListCursor(instant: $0.createdAt, key: "\($0.importId)").text }
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for one in found.prefix(limit) { json.element { one.write(to: &$0, faults: []) } }
            }
            json.field("next", next)
        }
        if let next { answer.nextPage = "/v1/staff/imports?limit=\(limit)&cursor=\(next)" }
        return answer
    }

    static let statement = Statement<Import>(
        "list_staff_imports",
        """
        -- Imports before ($1, $2), the newest first.
        select import_id, client_id, kind, source, as_of, sends_messages, expected_rows,
            expected_total, state, content_digest, byte_count, row_count, fault_count, fault,
            new_count, corrected_count, cancelled_count, unchanged_count, total, message_count,
            anomalies, approved_by, created_at, updated_at, committed_at, new_month, is_arriving
        from imports
        where $1::timestamptz is null or (created_at, import_id) < ($1, $2)
        order by created_at desc, import_id desc limit $3
        """)
}
