import Electricity
import JSON
import Postgres

/// Money that fits nothing, and how staff want to resolve it.
struct PaymentTask: Row {
    static let columns = [
        "payment_task_id", "kind", "provider", "transaction_reference", "order_reference",
        "amount", "expected_amount", "created_at", "resolution", "customer_code", "note",
        "proposed_by", "proposed_at", "confirmed_at", "refund_reference", "refund_state",
        "refund_fault", "refund_updated_at",
    ]

    /// Where the money goes.
    enum Resolution: String, Sendable, CaseIterable {
        /// Kept for a customer.
        case credit
        /// Given back to whoever paid, by the bank or the provider, outside this service.
        case returned
        /// Given back by the provider, which is asked to.
        case refunded
    }

    /// The newest refund that the provider was asked for.
    struct Refunding: Sendable {
        let reference: String
        let state: Refund.State
        let fault: String?
        let updatedAt: Instant
    }

    let taskId: UUID
    let kind: String
    let provider: String
    let transactionReference: String
    let orderReference: String?
    /// VND.
    let amount: Int64
    let expectedAmount: Int64?
    let createdAt: Instant
    let resolution: Resolution?
    let customerCode: String?
    let note: String?
    let proposedBy: UUID?
    let proposedAt: Instant?
    let confirmedAt: Instant?
    let refund: Refunding?

    init(_ row: inout RowDecoder) throws(RowError) {
        taskId = try row.uuid()
        kind = try row.string()
        provider = try row.string()
        transactionReference = try row.string()
        orderReference = try row.optionalString()
        amount = try row.int64()
        expectedAmount = try row.optionalInt64()
        createdAt = try row.instant()
        resolution = try row.optionalWord(Resolution.self)
        customerCode = try row.optionalString()
        note = try row.optionalString()
        proposedBy = try row.optionalUUID()
        proposedAt = try row.optionalInstant()
        confirmedAt = try row.optionalInstant()
        if try row.isNull() {
            for _ in 0..<4 { try row.skip() }
            refund = nil
        } else {
            refund = Refunding(
                reference: try row.string(), state: try row.word(Refund.State.self),
                fault: try row.optionalString(), updatedAt: try row.instant())
        }
    }

    /// Whether what is proposed was asked of the provider already, without success: to ask again
    /// takes two persons again.
    var isAsked: Bool {
        guard let refund, let proposedAt else { return false }
        return proposedAt <= refund.updatedAt
    }

    /// Writes the members that the contract tells.
    func write(to json: inout JSONWriter) {
        json.field("paymentTaskId", taskId.description)
        json.field("kind", kind)
        json.field("provider", provider)
        json.field("transactionReference", transactionReference)
        json.field("orderReference", orderReference)
        json.field("amount", amount)
        json.field("expectedAmount", expectedAmount)
        json.field("createdAt", createdAt)
        if let refund {
            json.field("refund") { json in
                json.field("reference", refund.reference)
                json.field("state", refund.state.rawValue)
                json.field("fault", refund.fault)
                json.field("updatedAt", refund.updatedAt)
            }
        } else {
            json.nullField("refund")
        }
        guard let resolution else { return json.nullField("resolution") }
        json.field("resolution") { json in
            json.field("kind", resolution.rawValue)
            json.field("customerCode", customerCode)
            json.field("note", note)
            json.field("proposedBy", proposedBy?.description)
            json.field("proposedAt", proposedAt)
            json.field("confirmedAt", confirmedAt)
        }
    }

    /// The answer that shows it.
    func answer(status: Int = 200) -> Answer { Answer.object(status: status, write) }

    // MARK: Booking

    /// Moves the money out of suspense, to a customer or back to the provider, and ends the task
    /// and a payment that waited for it.
    func book(
        for customerCode: CustomerCode?, confirmedBy: UUID, at now: Instant,
        newId: @escaping () -> UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        let id = newId()
        // The payment first, then its bills, then the customer: the order of all settlements.
        try await release(at: now, newId: newId, in: transaction)
        var entries = [Ledger.Entry(account: .suspense, amount: amount)]
        if let code = customerCode {
            entries.append(Ledger.Entry(account: .customerCredit(code.text), amount: -amount))
            try await transaction.queue(ClaimedBills.credit, .text(code.text), .int64(amount))
        } else {
            entries.append(Ledger.Entry(account: .provider(provider), amount: -amount))
        }
        try await Ledger.book(id, entries, cause: "staff", at: now, in: transaction)
        try await transaction.queue(
            ResolvePaymentTask.confirm, .uuid(taskId), .uuid(confirmedBy), .timestamp(now),
            .uuid(id))
        try await transaction.queue(ResolvePaymentTask.finish, .uuid(taskId), .timestamp(now))
    }

    /// A payment that waits for the reconciliation of this money ends, and its bills are free.
    private func release(
        at now: Instant, newId: @escaping () -> UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        guard let reference = orderReference,
            let order = try await transaction.queryOne(
                PaymentSettlement.order, .text(reference), .text(provider)),
            let payment = try await LockedPayment.lock(
                order.paymentId, of: order.accountId, in: transaction),
            payment.state == .pendingReconciliation
        else { return }
        let settlement = PaymentSettlement(
            provider: provider, source: .settlement, now: now, newId: newId)
        try await settlement.release(
            payment, to: .failed, .resolvedByStaff, cause: "staff", in: transaction)
    }
}
