import Electricity
import JSON
import Postgres

/// Shows the bill of a month (Tiền điện MM/YYYY).
struct GetBill: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/bills/{month}")

    let account: UUID
    let customerCode: CustomerCode
    let month: BillingMonth

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        month = try arguments.month()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await BillOfMonth.answer(customerCode, month, account: account, context: context)
    }
}
