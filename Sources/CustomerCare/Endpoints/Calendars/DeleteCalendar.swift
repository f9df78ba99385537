import JSON
import Postgres

/// Ends the calendar feed of a subscription; its address opens nothing from then on.
struct DeleteCalendar: Endpoint {
    static let route = Route.delete(
        "/v1/accounts/{account}/subscriptions/{subscription}/calendar")

    let account: UUID
    let subscription: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) in
            try await LockedAccount.lock(account, in: transaction)
            let removed = try await transaction.run(
                DeleteCalendar.statement, .uuid(account), .uuid(subscription))
            guard removed > 0 else { throw Problem(.notFound) }
            try await context.audit(.calendarRemoved, account: account, in: transaction)
        }
        return .noContent
    }

    static let statement = Command(
        "delete_calendar",
        """
        -- The feed of a subscription, if it has one.
        delete from calendar_feeds where account_id = $1 and subscription_id = $2
        """)
}
