import Electricity
import JSON
import Postgres

/// Money that fits nothing, and how staff want to resolve it.
struct PaymentTask: Row {
    static let columns = [
        "payment_task_id", "kind", "provider", "transaction_reference", "order_reference",
        "amount", "expected_amount", "created_at", "resolution", "customer_code", "note",
        "proposed_by", "proposed_at", "confirmed_at",
    ]

    /// Where the money goes.
    enum Resolution: String, Sendable, CaseIterable {
        /// Kept for a customer.
        case credit
        /// Given back to whoever paid, by the bank or the provider, outside this service.
        case returned
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
}
