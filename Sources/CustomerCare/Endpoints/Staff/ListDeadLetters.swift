import Electricity
import JSON
import Postgres

/// Lists messages that nobody tries to send any more, the oldest first.
///
/// Whom they are for and why they were not taken; not what they say.
struct ListDeadLetters: Endpoint {
    static let route = Route.get("/v1/staff/dead-letters").requiring(.staff)

    private static let pageSize = 50

    let limit: Int
    /// Letters after this one.
    let start: (cursor: ListCursor, id: UUID)?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListDeadLetters.pageSize
        start = try arguments.queryIdCursor()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.query(
            ListDeadLetters.statement, .timestamp(start?.cursor.instant), .uuid(start?.id),
            .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map { ListCursor(instant: $0.createdAt, key: "\($0.messageId)").text }
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for letter in found.prefix(limit) { json.element(letter.write) }
            }
            json.field("next", next)
        }
        if let next { answer.nextPage = "/v1/staff/dead-letters?limit=\(limit)&cursor=\(next)" }
        return answer
    }

    /// A message that could not be sent.
    struct DeadLetter: Row {
        static let columns = [
            "message_id", "account_id", "topic", "customer_code", "attempts", "fault",
            "created_at",
        ]
        let messageId: UUID
        let accountId: UUID?
        let topic: MessageTopic
        let customerCode: String?
        let attempts: Int32
        let fault: String?
        let createdAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            messageId = try row.uuid()
            accountId = try row.optionalUUID()
            topic = try row.word(MessageTopic.self)
            customerCode = try row.optionalString()
            attempts = try row.int32()
            fault = try row.optionalString()
            createdAt = try row.instant()
        }

        func write(to json: inout JSONWriter) {
            json.field("messageId", messageId.description)
            json.field("accountId", accountId?.description)
            json.field("topic", topic.rawValue)
            json.field("customerCode", customerCode)
            json.field("attempts", Int(attempts))
            json.field("fault", fault)
            json.field("createdAt", createdAt)
        }
    }

    static let statement = Statement<DeadLetter>(
        "list_dead_letters",
        """
        -- The dead letters after ($1, $2), the oldest first.
        select message_id, account_id, topic, customer_code, attempts::integer as attempts, fault,
            created_at
        from outbox
        where state = 'dead' and ($1::timestamptz is null or (created_at, message_id) > ($1, $2))
        order by created_at, message_id limit $3
        """)
}
