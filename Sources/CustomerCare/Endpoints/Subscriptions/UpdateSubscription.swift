import JSON
import Postgres

/// Gives a subscription a name of the user's own, or takes it away.
struct UpdateSubscription: Endpoint {
    static let route = Route.patch("/v1/accounts/{account}/subscriptions/{subscription}")

    let account: UUID
    let subscription: UUID
    /// Whether the request speaks of the alias at all.
    let changesAlias: Bool
    /// nil takes the alias away.
    let alias: String?

    init(_ arguments: Arguments, body: JSONValue) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        changesAlias = object?.has("alias") ?? false
        var alias = object?.optionalString("alias", length: 1...50)
        if let typed = alias {
            alias = PersonalText.accepted(typed, maximumScalars: 50)
            if alias == nil { object?.fault("alias", .wrongFormat) }
        }
        self.alias = alias
        if let problem = Problem(faults) { throw problem }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let updated = try await context.write {
            (transaction) async throws(Problem) -> Subscription in
            let updated = try await transaction.queryOne(
                UpdateSubscription.statement, .uuid(account), .uuid(subscription),
                .bool(changesAlias), .text(alias), .timestamp(context.now))
            guard let updated else { throw Problem(.notFound) }
            if changesAlias {
                try await context.audit(
                    .subscriptionRenamed, account: account, code: updated.customerCode,
                    in: transaction)
            }
            return updated
        }
        return try await Subscription.answer(updated, account: account, context: context)
    }

    static let statement = Statement<Subscription>(
        "update_subscription",
        """
        -- The subscription with its new alias, or as it is when $3 is false.
        update subscriptions
        set alias = case when $3 then $4 else alias end
        where account_id = $1 and subscription_id = $2
            and (expires_at is null or expires_at > $5)
        returning subscription_id, customer_code, state, assurance, alias, expires_at, created_at
        """)
}
