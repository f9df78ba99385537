import Electricity
import JSON
import Postgres

/// Shows what is paid for reactive power in a month (Tiền điện CSPK MM/YYYY).
struct GetReactiveBill: Endpoint {
    static let route = Route.get(
        "/v1/accounts/{account}/customers/{customerCode}/reactive-bills/{month}")

    let account: UUID
    let customerCode: CustomerCode
    let month: BillingMonth

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        month = try arguments.month()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await ReactiveBillOfMonth.answer(
            customerCode, month, account: account, context: context)
    }
}
