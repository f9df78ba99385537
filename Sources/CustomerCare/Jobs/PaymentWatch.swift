import Electricity
import HTTPClient
import Payments
import Postgres

/// Looks after payments that nobody has called about: asks the provider, settles what is paid,
/// ends what has expired.
///
/// Any number of instances may do so at once: what they find is settled once.
struct PaymentWatch {
    /// Seconds after which a payment is looked at for the first time, and then again.
    static let firstCheckSeconds: Int64 = 120
    static let checkSeconds: Int64 = 60
    /// Seconds between looks at a payment that has ended without money, and for how long.
    static let lateCheckSeconds: Int64 = 21_600
    static let lateSeconds: Int64 = 86_400
    /// Seconds for which a payment outlives its end while its provider does not answer.
    static let graceSeconds: Int64 = 3_600
    /// Payments of one run.
    private static let batch: Int64 = 100

    let database: DatabaseAccess<Problem>
    let gateway: PaymentGateway
    let world: World
    let ids: IDSource

    /// Looks at every payment that is due; the next run goes on where this one stopped.
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            let now = world.now()
            let due = try await database.query(
                PaymentWatch.due, .timestamp(now), .int64(PaymentWatch.batch))
            for payment in due { try await look(at: payment, now: now) }
            return true
        } catch {
            // Away or busy: what is due stays due.
            return false
        }
    }

    /// What one look at the provider said of all orders of a payment.
    private struct Finding {
        var isUnclear = false
        var failedCount = 0
        var orderCount = 0
    }

    private func look(at payment: Due, now: Instant) async throws(Problem) {
        let next = now.advanced(bySeconds: PaymentWatch.checkSeconds)
        let claimed = try await database.run(
            PaymentWatch.claim, .uuid(payment.accountId), .uuid(payment.paymentId),
            .timestamp(payment.nextCheckAt), .timestamp(next))
        guard claimed == 1 else { return }
        let finding = try await ask(payment, now: now)
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            guard
                let locked = try await LockedPayment.lock(
                    payment.paymentId, of: payment.accountId, in: transaction)
            else { return }
            try await conclude(locked, payment, finding, now: now, in: transaction)
        }
    }

    private func conclude(
        _ locked: LockedPayment, _ payment: Due, _ finding: Finding, now: Instant,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        let settlement = settlement(of: payment, now: now)
        switch locked.state {
        case .requiresAction, .processing:
            let patience = payment.expiresAt.advanced(bySeconds: PaymentWatch.graceSeconds)
            let isOver = payment.expiresAt <= now && (!finding.isUnclear || patience <= now)
            if isOver {
                try await settlement.release(
                    locked, to: .expired, nil, cause: "query", in: transaction)
            } else if finding.orderCount > 0, finding.failedCount == finding.orderCount {
                try await settlement.release(
                    locked, to: .failed, .providerFailed, cause: "query", in: transaction)
            }
        case .failed, .expired:
            let end = payment.expiresAt.advanced(bySeconds: PaymentWatch.lateSeconds)
            let next =
                now < end ? now.advanced(bySeconds: PaymentWatch.lateCheckSeconds) : nil
            try await transaction.queue(
                PaymentWatch.postpone, .uuid(payment.accountId), .uuid(payment.paymentId),
                .timestamp(next))
        case .succeeded, .pendingReconciliation:
            try await transaction.queue(
                PaymentWatch.postpone, .uuid(payment.accountId), .uuid(payment.paymentId),
                .timestamp(nil))
        }
    }

    private func settlement(of payment: Due, now: Instant) -> PaymentSettlement {
        PaymentSettlement(
            provider: payment.provider.rawValue, source: .query, now: now,
            newId: { [ids] in ids.next(at: now) })
    }

    /// Asks about every order of a payment, and settles at once what is paid.
    private func ask(_ payment: Due, now: Instant) async throws(Problem) -> Finding {
        var finding = Finding()
        guard let provider = gateway.provider(payment.provider) else { return finding }
        let orders = try await database.query(
            PaymentWatch.orders, .uuid(payment.accountId), .uuid(payment.paymentId))
        let settlement = settlement(of: payment, now: now)
        for order in orders {
            let asked = AskedOrder(
                reference: order.reference, providerOrder: order.providerOrder,
                amount: payment.amount, createdAt: order.createdAt)
            guard let question = provider.question(about: asked, now: now) else { continue }
            finding.orderCount += 1
            let state: OrderState
            do {
                state = provider.readState(
                    try await gateway.send(question, to: payment.provider, isRepeatable: true),
                    of: asked)
            } catch {
                state = .unclear(reason: error.description)
            }
            switch state {
            case .paid(let notice):
                _ = try await database.transaction {
                    (transaction: Transaction<Problem>) async throws(Problem) in
                    try await settlement.settle(notice, in: transaction)
                }
            case .processing:
                _ = try await database.transaction {
                    (transaction: Transaction<Problem>) async throws(Problem) in
                    try await settlement.note(
                        .processing, about: order.reference, in: transaction)
                }
            case .failed: finding.failedCount += 1
            case .unpaid: break
            case .unclear: finding.isUnclear = true
            }
        }
        return finding
    }

    /// A payment to be looked at.
    struct Due: Row {
        static let columns = [
            "account_id", "payment_id", "provider", "amount", "expires_at", "next_check_at",
        ]

        let accountId: UUID
        let paymentId: UUID
        let provider: ProviderName
        let amount: Int64
        let expiresAt: Instant
        let nextCheckAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
            paymentId = try row.uuid()
            provider = try row.word(ProviderName.self)
            amount = try row.int64()
            expiresAt = try row.instant()
            nextCheckAt = try row.instant()
        }
    }

    /// One order of a payment.
    struct Order: Row {
        static let columns = ["order_reference", "provider_order", "created_at"]
        let reference: String
        let providerOrder: String?
        let createdAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            reference = try row.string()
            providerOrder = try row.optionalString()
            createdAt = try row.instant()
        }
    }

    static let due = Statement<Due>(
        "payment_watch_due",
        """
        -- The payments to be looked at by $1, longest waiting first.
        select account_id, payment_id, provider, amount, expires_at, next_check_at
        from payments where next_check_at <= $1 order by next_check_at limit $2
        """)

    static let claim = Command(
        "payment_watch_claim",
        """
        -- Touches a row for the one who looks at a payment; for all others the time has changed.
        update payments set next_check_at = $4
        where account_id = $1 and payment_id = $2 and next_check_at = $3
        """)

    static let postpone = Command(
        "payment_watch_postpone",
        """
        -- When a payment is looked at again; never for NULL.
        update payments set next_check_at = $3 where account_id = $1 and payment_id = $2
        """)

    static let orders = Statement<Order>(
        "payment_watch_orders",
        """
        -- The orders of a payment, oldest first.
        select order_reference, provider_order, created_at from payment_orders
        where account_id = $1 and payment_id = $2 order by created_at
        """)
}
