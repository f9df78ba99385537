import JSON
import Postgres

/// Lists the payments of an account, newest first.
struct ListPayments: Endpoint {
    static let route = Route.get("/v1/payments")

    /// Payments of one page when nothing else is asked.
    private static let pageSize = 24

    let account: UUID
    let limit: Int
    /// Payments before this one; ids are in the order of time.
    let before: UUID?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.queryAccount()
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListPayments.pageSize
        let cursor = try arguments.queryText("cursor")
        before = cursor.flatMap { UUID($0) }
        if cursor != nil, before == nil { throw Problem(parameter: "cursor", .wrongFormat) }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let there = try await context.database.queryOne(
            ListPayments.account, .uuid(account))
        guard there != nil else { throw Problem(.notFound) }
        let found = try await context.database.query(
            ListPayments.statement, .uuid(account), .uuid(before), .int64(Int64(limit + 1)))
        let next = found.count > limit ? found[limit - 1].paymentId : nil
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for payment in found.prefix(limit) { json.element { payment.write(to: &$0) } }
            }
            json.field("next", next?.description)
        }
        if let next {
            answer.nextPage = "/v1/payments?account=\(account)&limit=\(limit)&cursor=\(next)"
        }
        return answer
    }

    static let account = Statement<LockedAccount>(
        "list_payments_account",
        """
        -- One row when the account is there and not deleted.
        select account_id from accounts where account_id = $1 and deleted_at is null
        """)

    static let statement = Statement<Payment>(
        "list_payments",
        """
        -- The payments of account $1 before $2, newest first.
        select account_id, payment_id, state, provider, order_reference, amount, credited, bills,
            action, failure_reason, transaction_reference, created_at, expires_at, updated_at,
            paid_at, return_url
        from payments
        where account_id = $1 and ($2::uuid is null or payment_id < $2)
        order by payment_id desc limit $3
        """)
}
