import Electricity
import JSON
import Postgres

/// Shows what is paid for reactive power in the running month (Tiền điện CSPK).
struct GetCurrentReactiveBill: Endpoint {
    static let route = Route.get(
        "/v1/accounts/{account}/customers/{customerCode}/reactive-bills/current")

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await ReactiveBillOfMonth.answer(
            customerCode, context.today.month, account: account, context: context)
    }
}
