import JSON
import Postgres

/// Shows a payment of an account, with its receipt when it has succeeded.
struct GetPayment: Endpoint {
    static let route = Route.get("/v1/payments/{payment}")

    let account: UUID
    let payment: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        payment = try arguments.id("payment")
        account = try arguments.queryAccount()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(
            Payment.statement, .uuid(account), .uuid(payment))
        guard let found else { throw Problem(.notFound) }
        return found.answer()
    }
}
