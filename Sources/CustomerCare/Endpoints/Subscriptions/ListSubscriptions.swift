import JSON
import Postgres

/// Lists the live subscriptions of an account, oldest first (Danh sách mã KH).
struct ListSubscriptions: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/subscriptions")

    let account: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let rows = try await context.database.query(
            ListSubscriptions.statement, .uuid(account), .timestamp(context.now))
        if rows.isEmpty { throw Problem(.notFound) }
        let subscriptions = rows.compactMap(\.subscription)
        let unverified = subscriptions.filter { $0.state != .active }.map(\.customerCode)
        let attempts = try await Attempts.find(unverified, account: account, context: context)
        return .object(reserving: 2_048) { json in
            json.list("items") { json in
                for subscription in subscriptions {
                    json.element { json in
                        subscription.write(
                            to: &json, attempts: attempts[subscription.customerCode])
                    }
                }
            }
            // An account holds at most ten: there is never a second page.
            json.nullField("next")
        }
    }

    /// A subscription of an account, or the sign that the account has none.
    struct Listed: Row {
        static let columns = Subscription.columns
        let subscription: Subscription?

        init(_ row: inout RowDecoder) throws(RowError) {
            if try row.isNull() {
                for _ in Listed.columns { try row.skip() }
                subscription = nil
            } else {
                subscription = try Subscription(&row)
            }
        }
    }

    static let statement = Statement<Listed>(
        "list_subscriptions",
        """
        -- One row per live subscription, oldest first; one row of nulls when there is none; no
        -- row when the account is not there.
        select s.subscription_id, s.customer_code, s.state, s.assurance, s.alias,
            s.muted_topics, s.expires_at, s.created_at
        from accounts a
        left join subscriptions s on s.account_id = a.account_id
            and (s.expires_at is null or s.expires_at > $2)
        where a.account_id = $1 and a.deleted_at is null
        order by s.created_at, s.subscription_id
        """)
}
