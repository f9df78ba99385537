import Electricity
import JSON
import Postgres

/// Shows what the customer of a followed code still owes, month by month.
struct GetDebts: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/debts")

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let rows = try await context.database.query(
            GetDebts.statement, .uuid(account), .text(customerCode.text))
        guard let debts = Debts.gather(rows).first else { throw Problem(.notFound) }
        return .object(reserving: 1_024) { debts.write(to: &$0, today: context.today) }
    }

    static let statement = Statement<Debts.Open>(
        "get_debts",
        """
        -- One row per bill of code $2 that is not paid in full, oldest first; one row of nulls
        -- when there is none; no row when account $1 does not follow the code.
        select f.customer_code, c.as_of, c.credit, n.month, n.period_number, n.billed, n.paid,
            n.pending, n.due_on
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join bill_balances n on n.customer_code = f.customer_code and n.paid < n.billed
            and n.kind = 'active'
        where f.customer_code = $2 and f.account_id = $1
        order by n.month, n.period_number
        """)
}
