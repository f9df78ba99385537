import Electricity
import JSON
import Postgres

/// Takes a code from somebody who follows it, by somebody who is verified by more than a name: what
/// the other sees of it, and is told, ends at once.
struct RemoveFollower: Endpoint {
    static let route = Route.delete(
        "/v1/accounts/{account}/customers/{customerCode}/followers/{follower}")

    let account: UUID
    let customerCode: CustomerCode
    let follower: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        follower = try arguments.id("follower")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        try await context.write { (transaction) async throws(Problem) in
            let own = try await transaction.queryOne(
                ListFollowers.own, .uuid(account), .text(customerCode.text))
            guard let own else { throw Problem(.notFound) }
            guard own.assurance == .standard else { throw Problem(.assuranceTooLow) }
            let other = try await transaction.queryOne(
                RemoveFollower.find, .text(customerCode.text), .uuid(follower))
            guard let other else { throw Problem(.notFound) }
            try await LockedAccount.lock(other.accountId, in: transaction)
            let removed = try await transaction.queryOne(
                RemoveSubscription.statement, .uuid(other.accountId), .uuid(follower),
                .timestamp(context.now))
            guard removed != nil else { throw Problem(.notFound) }
            try await transaction.queue(
                RemoveSubscription.unfollow, .text(customerCode.text), .uuid(other.accountId))
            try await transaction.queue(
                DeleteCalendar.statement, .uuid(other.accountId), .uuid(follower))
            try await context.audit(
                .followerRemoved, account: account, code: customerCode, in: transaction)
            try await context.audit(
                .subscriptionRemoved, account: other.accountId, code: customerCode,
                in: transaction)
        }
        return .noContent
    }

    /// Whose subscription it is.
    struct Other: Row {
        static let columns = ["account_id"]
        let accountId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
        }
    }

    static let find = Statement<Other>(
        "remove_follower_find",
        """
        -- Whose subscription $2 of code $1 is.
        select f.account_id from followers f
        where f.customer_code = $1 and f.subscription_id = $2
        """)
}
