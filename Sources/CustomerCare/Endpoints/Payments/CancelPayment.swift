import JSON
import Postgres

/// Takes a payment back that has not been paid, and gives its bills free.
struct CancelPayment: Endpoint {
    static let route = Route.post("/v1/payments/{payment}/cancellation")

    let account: UUID
    let payment: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        payment = try arguments.id("payment")
        account = try AccountMember.read(body)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let settlement = PaymentSettlement(
            provider: "", source: .query, now: context.now, newId: context.newId)
        let cancelled = try await context.write {
            (transaction) async throws(Problem) -> Payment? in
            let locked = try await LockedPayment.lock(payment, of: account, in: transaction)
            guard let locked else { throw Problem(.notFound) }
            let there = try await transaction.queryOne(
                Payment.statement, .uuid(account), .uuid(payment))
            guard let there else { throw Problem(.notFound) }
            // Cancelled before: the same answer, so that a repetition does no harm.
            if there.failureReason == PaymentFailure.cancelled.rawValue { return there }
            guard locked.state == .requiresAction || locked.state == .processing else {
                throw Problem(.paymentNotCancellable)
            }
            try await settlement.release(
                locked, to: .failed, .cancelled, cause: "account", in: transaction)
            return try await transaction.queryOne(
                Payment.statement, .uuid(account), .uuid(payment))
        }
        guard let cancelled else { throw Problem(.notFound) }
        return cancelled.answer()
    }
}

/// The account that a body names.
enum AccountMember {
    /// Reads a body whose only member is `accountId`.
    static func read(_ body: JSONDocument) throws(Problem) -> UUID {
        let faults = JSONFaults()
        let id = read(JSONObject(root: body, faults: faults))
        if let problem = Problem(faults) { throw problem }
        guard let id else { throw Problem(.invalidRequest) }
        return id
    }

    /// Reads the member `accountId`; a fault is recorded.
    static func read(_ object: JSONObject?) -> UUID? {
        guard let object, let text = object.string("accountId", length: 36...36) else {
            return nil
        }
        guard let id = UUID(text) else {
            object.fault("accountId", .wrongFormat)
            return nil
        }
        return id
    }
}
