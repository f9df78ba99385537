import Electricity
import Payments
import Postgres

/// Money that a provider is asked to give back.
struct Refund: Row {
    /// How far it has come.
    enum State: String, Sendable {
        /// Nothing has been sent.
        case waiting
        /// It may have arrived.
        case sent
        /// The provider works on it.
        case processing
        /// The money is on its way back.
        case done
        /// The provider gives nothing back.
        case refused
        /// It may have arrived, and nobody can be asked: staff must look.
        case unclear

        /// Whether it is still worked on.
        var isLive: Bool { self == .waiting || self == .sent || self == .processing }
    }

    static let columns = [
        "payment_task_id", "refund_reference", "provider", "order_reference",
        "transaction_reference", "amount", "order_created_at", "confirmed_by", "state", "attempts",
        "next_look_at", "created_at",
    ]

    let taskId: UUID
    let reference: String
    let provider: ProviderName
    let orderReference: String
    let transactionReference: String
    /// VND.
    let amount: Int64
    let orderCreatedAt: Instant
    let confirmedBy: UUID
    let state: State
    let attempts: Int32
    let nextLookAt: Instant
    let createdAt: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        taskId = try row.uuid()
        reference = try row.string()
        provider = try row.word(ProviderName.self)
        orderReference = try row.string()
        transactionReference = try row.string()
        amount = try row.int64()
        orderCreatedAt = try row.instant()
        confirmedBy = try row.uuid()
        state = try row.word(State.self)
        attempts = try row.int32()
        nextLookAt = try row.instant()
        createdAt = try row.instant()
    }

    /// The same in the words of a provider: all that has come goes back.
    var order: RefundOrder {
        RefundOrder(
            reference: reference, orderReference: orderReference,
            transactionReference: transactionReference, amount: amount, paidAmount: amount,
            orderCreatedAt: orderCreatedAt, createdAt: createdAt)
    }

    /// Puts a refund there, to be sent by ``RefundWork``; nothing when one is on its way.
    static let insert = Command(
        "refund_insert",
        """
        -- A refund that is to be sent, of an order of ours; none while another one is live.
        insert into refunds (payment_task_id, refund_reference, provider, order_reference,
            transaction_reference, amount, order_created_at, confirmed_by, state, attempts,
            next_look_at, created_at, updated_at)
        select $1, $2, o.provider, o.order_reference, $4, $5, o.created_at, $6, 'waiting', 0, $7,
            $7, $7
        from payment_orders o
        where o.order_reference = $3
        on conflict do nothing
        """)

    static let due = Statement<Refund>(
        "refund_due",
        """
        -- Refunds to be looked at by $1, those that wait longest first.
        select payment_task_id, refund_reference, provider, order_reference,
            transaction_reference, amount, order_created_at, confirmed_by, state, attempts,
            next_look_at, created_at
        from refunds
        where state in ('waiting', 'sent', 'processing') and next_look_at <= $1
        order by next_look_at limit $2
        """)

    static let claim = Command(
        "refund_claim",
        """
        -- Takes refund ($1, $2) as it was seen, in state $3 and due at $4; it is in state $5 from
        -- now on, and due again at $6.
        update refunds set state = $5, attempts = attempts + 1, next_look_at = $6, updated_at = $7
        where payment_task_id = $1 and refund_reference = $2 and state = $3 and next_look_at = $4
        """)

    static let note = Command(
        "refund_note",
        """
        -- What became of refund ($1, $2), which is live; due again at $5 when it still is.
        update refunds set state = $3, fault = $4, next_look_at = $5, updated_at = $6
        where payment_task_id = $1 and refund_reference = $2
            and state in ('waiting', 'sent', 'processing')
        """)
}
