import Electricity
import JSON
import Postgres

/// Shows what the customers of all codes of an account still owe.
struct GetAccountDebts: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/debts")

    let account: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        // First the codes, then their data: the two live on different nodes when distributed.
        let codes = try await context.database.queryOne(
            GetAccountDebts.codes, .uuid(account))
        guard let codes else { throw Problem(.notFound) }
        let rows = try await context.database.query(
            GetAccountDebts.statement, .uuid(account), .texts(codes.customerCodes))
        let customers = Debts.gather(rows)
        return .object(reserving: 4_096) { json in
            json.field("asOf", customers.map(\.asOf).min())
            json.list("customers") { json in
                for debts in customers {
                    json.element { debts.write(to: &$0, today: context.today) }
                }
            }
            json.field("total", customers.reduce(0) { $0 + $1.total })
            json.field("credit", customers.reduce(0) { $0 + $1.credit })
        }
    }

    /// The active codes of an account.
    struct Codes: Row {
        static let columns = ["customer_codes"]
        let customerCodes: [String]

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCodes = try row.strings()
        }
    }

    static let codes = Statement<Codes>(
        "get_account_debts_codes",
        """
        -- One row when the account is there: its verified codes.
        select array(
                select s.customer_code from subscriptions s
                where s.account_id = a.account_id and s.state = 'active'
            ) as customer_codes
        from accounts a
        where a.account_id = $1 and a.deleted_at is null
        """)

    static let statement = Statement<Debts.Open>(
        "get_account_debts",
        """
        -- As get_debts, for those codes of $2 that account $1 follows, by code and month.
        select f.customer_code, c.as_of, c.credit, n.month, n.period_number, n.billed, n.paid,
            n.pending, n.due_on
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join bill_balances n on n.customer_code = f.customer_code and n.paid < n.billed
            and n.kind = 'active'
        where f.customer_code = any($2) and f.account_id = $1
        order by f.customer_code, n.month, n.period_number
        """)
}
