import Electricity
import JSON
import Postgres

/// Shows the bill of the running month, if it is issued (Tiền điện tháng hiện tại).
struct GetCurrentBill: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/bills/current")

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONValue) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await BillOfMonth.answer(
            customerCode, context.today.month, account: account, context: context)
    }
}
