import Electricity
import JSON
import Postgres

/// Marks a message that was sent to an account as read there; the first time counts.
struct ReadNotification: Endpoint {
    static let route = Route.post(
        "/v1/accounts/{account}/notifications/{notification}/read"
    ).withoutBody()

    /// Months that are looked through, as in the list.
    private static let months = 12

    let account: UUID
    let notification: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        notification = try arguments.id("notification")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.write { (transaction) async throws(Problem) in
            try await LockedAccount.lock(account, in: transaction)
            return try await transaction.queryOne(
                ReadNotification.statement, .uuid(account),
                .month(context.today.month.advanced(byMonths: -ReadNotification.months)),
                .uuid(notification), .timestamp(context.now))
        }
        guard let found else { throw Problem(.notFound) }
        var answer = Answer.object(reserving: 512) { found.write(to: &$0, context: context) }
        answer.language = context.language
        return answer
    }

    static let statement = Statement<Notification>(
        "read_notification",
        """
        -- Message $3 of account $1, from month $2 on, read since $4 at the latest.
        update notifications n set read_at = coalesce(n.read_at, $4)
        where n.account_id = $1 and n.month >= $2 and n.message_id = $3
        returning message_id, topic, customer_code, parameters, channel, state, fault, created_at,
            sent_at, delivered_at, seen_at, read_at
        """)
}
