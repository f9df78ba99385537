import Electricity
import Postgres

/// A payment, locked until the transaction ends: whoever moves it holds this.
struct LockedPayment: Row {
    static let columns = [
        "account_id", "payment_id", "provider", "state", "step", "amount",
        "customer_codes",
    ]

    let accountId: UUID
    let paymentId: UUID
    let provider: String
    let state: PaymentState
    /// How many steps it has taken to its state.
    let step: Int
    /// VND.
    let amount: Int64
    /// In order, so that bills are always locked in the same one.
    let customerCodes: [String]

    init(_ row: inout RowDecoder) throws(RowError) {
        accountId = try row.uuid()
        paymentId = try row.uuid()
        provider = try row.string()
        state = try row.word(PaymentState.self)
        step = Int(try row.int32())
        amount = try row.int64()
        customerCodes = try row.strings().sorted()
    }

    /// Locks a payment; nil when the account has none of that id.
    static func lock(
        _ payment: UUID, of account: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) -> LockedPayment? {
        try await transaction.queryOne(statement, .uuid(account), .uuid(payment))
    }

    static let statement = Statement<LockedPayment>(
        "payment_lock",
        """
        -- One row when account $1 has payment $2.
        select account_id, payment_id, provider, state, step, amount, customer_codes
        from payments where account_id = $1 and payment_id = $2 for update
        """)
}

/// Moves payments from state to state, and notes each step down.
struct PaymentSteps {
    let now: Instant

    /// What a step changes besides the state.
    struct Change {
        var credited: Int64 = 0
        var failure: PaymentFailure?
        var transactionReference: String?
        var nextCheckAt: Instant?
    }

    /// Moves a locked payment; a step that there is not is a bug and changes nothing.
    func move(
        _ payment: LockedPayment, to state: PaymentState, cause: String, _ change: Change,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        guard payment.state.next.contains(state) else {
            throw Problem(
                .internalError,
                reason: "no step from \(payment.state.rawValue) to \(state.rawValue)")
        }
        try await transaction.queue(
            PaymentSteps.update, .uuid(payment.accountId), .uuid(payment.paymentId),
            .text(state.rawValue), .int64(change.credited), .text(change.failure?.rawValue),
            .text(change.transactionReference), .timestamp(now),
            .timestamp(state == .succeeded ? now : nil), .timestamp(change.nextCheckAt),
            .int64(Int64(payment.step + 1)))
        try await transaction.queue(
            PaymentSteps.event, .uuid(payment.accountId), .uuid(payment.paymentId),
            .int64(Int64(payment.step + 1)), .text(payment.state.rawValue),
            .text(state.rawValue), .text(cause), .timestamp(now))
    }

    /// Notes the first step of a new payment down.
    func begin(
        _ payment: UUID, of account: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        try await transaction.queue(
            PaymentSteps.event, .uuid(account), .uuid(payment), .int64(1), .text(nil),
            .text(PaymentState.requiresAction.rawValue), .text("account"), .timestamp(now))
    }

    static let update = Command(
        "payment_move",
        """
        -- A payment in its next state.
        update payments
        set state = $3, credited = $4, failure_reason = $5,
            transaction_reference = coalesce($6, transaction_reference), updated_at = $7,
            paid_at = $8, next_check_at = $9, step = $10
        where account_id = $1 and payment_id = $2
        """)

    static let event = Command(
        "payment_note_event",
        """
        -- One step of a payment; a number that is taken fails the transaction.
        insert into payment_events (account_id, payment_id, step, from_state, to_state, cause,
            happened_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        """)
}
