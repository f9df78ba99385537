import JSON
import Postgres

/// Reads a subscription.
struct GetSubscription: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/subscriptions/{subscription}")

    let account: UUID
    let subscription: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(
            GetSubscription.statement, .uuid(account), .uuid(subscription),
            .timestamp(context.now))
        guard let found else { throw Problem(.notFound) }
        return try await Subscription.answer(found, account: account, context: context)
    }

    static let statement = Statement<Subscription>(
        "get_subscription",
        """
        -- The subscription, unless it has expired; a deleted account has none.
        select subscription_id, customer_code, state, assurance, alias, muted_topics,
            expires_at, created_at
        from subscriptions
        where account_id = $1 and subscription_id = $2
            and (expires_at is null or expires_at > $3)
        """)
}
