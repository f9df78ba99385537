import Electricity
import JSON
import Postgres

/// Lists what was sent to an account, newest first, with what has become of it.
struct ListNotifications: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/notifications")

    /// Months that are looked through; older messages are kept no longer.
    private static let months = 12
    private static let pageSize = 20

    let account: UUID
    let limit: Int
    /// Messages before this one.
    let end: (cursor: ListCursor, id: UUID)?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListNotifications.pageSize
        end = try arguments.queryIdCursor()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let owner = try await context.database.queryOne(GetAccount.statement, .uuid(account))
        guard owner != nil else { throw Problem(.notFound) }
        let found = try await context.database.query(
            ListNotifications.statement, .uuid(account),
            .month(context.today.month.advanced(byMonths: -ListNotifications.months)),
            .timestamp(end?.cursor.instant), .uuid(end?.id), .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map {
            ListCursor(instant: $0.createdAt, key: "\($0.messageId)").text
        }
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for notification in found.prefix(limit) {
                    json.element { notification.write(to: &$0, context: context) }
                }
            }
            json.field("next", next)
        }
        answer.language = context.language
        if let next {
            answer.nextPage =
                "/v1/accounts/\(account)/notifications?limit=\(limit)&cursor=\(next)"
        }
        return answer
    }

    static let statement = Statement<Notification>(
        "list_notifications",
        """
        -- The messages of account $1 from month $2 on, before ($3, $4), newest first.
        select n.message_id, n.topic, n.customer_code, n.parameters, n.channel, n.state, n.fault,
            n.created_at, n.sent_at, n.delivered_at, n.seen_at, n.read_at
        from notifications n
        where n.account_id = $1 and n.month >= $2
            and ($3::timestamptz is null or (n.created_at, n.message_id) < ($3, $4))
        order by n.created_at desc, n.message_id desc limit $5
        """)
}
