import Electricity
import JSON
import Postgres

/// Stops following a customer code: its data and messages end at once, its slot is free.
struct RemoveSubscription: Endpoint {
    static let route = Route.delete("/v1/accounts/{account}/subscriptions/{subscription}")

    let account: UUID
    let subscription: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) in
            try await LockedAccount.lock(account, in: transaction)
            let removed = try await transaction.queryOne(
                RemoveSubscription.statement, .uuid(account), .uuid(subscription),
                .timestamp(context.now))
            guard let removed else { throw Problem(.notFound) }
            context.customerCode = removed.customerCode
            try await transaction.queue(
                RemoveSubscription.unfollow, .text(removed.customerCode.text), .uuid(account))
            try await transaction.queue(
                DeleteCalendar.statement, .uuid(account), .uuid(subscription))
            try await context.audit(
                .subscriptionRemoved, account: account, code: removed.customerCode,
                in: transaction)
        }
        return .noContent
    }

    /// The code that is not followed any more.
    struct Removed: Row {
        static let columns = ["customer_code"]
        let customerCode: CustomerCode

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCode = try row.customerCode()
        }
    }

    static let statement = Statement<Removed>(
        "remove_subscription",
        """
        -- Removes a live subscription; an expired one is not there any more.
        delete from subscriptions
        where account_id = $1 and subscription_id = $2
            and (expires_at is null or expires_at > $3)
        returning customer_code
        """)

    static let unfollow = Command(
        "remove_subscription_follower",
        """
        -- The same edge by customer code.
        delete from followers where customer_code = $1 and account_id = $2
        """)
}
