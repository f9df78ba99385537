import Electricity
import JSON
import Payments
import Postgres

/// Books money that a provider says it has taken, exactly once per the provider's own reference,
/// whoever says so first: a call, our question, or a settlement file.
struct PaymentSettlement {
    /// How we came to know.
    enum Source: String, Sendable {
        case callback
        case query
        case settlement
    }

    /// What staff must look at.
    enum TaskKind: String, Sendable {
        case unknownOrder = "unknown_order"
        case wrongAmount = "wrong_amount"
        case paidAgain = "paid_again"
        case unknownBill = "unknown_bill"
    }

    let provider: String
    let source: Source
    let now: Instant
    let newId: () -> UUID

    private var steps: PaymentSteps { PaymentSteps(now: now) }

    /// Takes a verified word about money that is there.
    func settle(
        _ notice: PaymentNotice, in transaction: Transaction<Problem>
    ) async throws(Problem) -> ProviderCallOutcome {
        var payment: LockedPayment?
        if let reference = notice.orderReference,
            let order = try await transaction.queryOne(
                PaymentSettlement.order, .text(reference), .text(provider))
        {
            payment = try await LockedPayment.lock(
                order.paymentId, of: order.accountId, in: transaction)
        }
        let id = newId()
        let received = try await transaction.run(
            PaymentSettlement.receive, .text(notice.transactionReference), .text(provider),
            .uuid(id), .text(notice.orderReference), .uuid(payment?.accountId),
            .uuid(payment?.paymentId), .int64(notice.amount), .text(source.rawValue),
            .timestamp(now))
        // Said before, whoever said it: the money is where it belongs.
        if received == 0 { return .duplicate }
        guard let payment else {
            try await suspend(notice, id, .unknownOrder, expected: nil, in: transaction)
            return .unknownOrder
        }
        if payment.state == .succeeded {
            try await suspend(notice, id, .paidAgain, expected: 0, in: transaction)
            return .accepted
        }
        guard notice.amount == payment.amount else {
            try await suspend(
                notice, id, .wrongAmount, expected: payment.amount, in: transaction)
            if payment.state != .pendingReconciliation {
                try await steps.move(
                    payment, to: .pendingReconciliation, cause: source.rawValue,
                    .init(transactionReference: notice.transactionReference), in: transaction)
            }
            return .wrongAmount
        }
        var entries = try await ClaimedBills.end(payment, settles: true, in: transaction)
        entries.append(Ledger.Entry(account: .provider(provider), amount: notice.amount))
        try await Ledger.book(
            id, entries, cause: source.rawValue, at: now, in: transaction)
        let credited = entries.reduce(Int64(0)) { sum, entry in
            if case .customerCredit = entry.account { return sum - entry.amount }
            return sum
        }
        try await steps.move(
            payment, to: .succeeded, cause: source.rawValue,
            .init(credited: credited, transactionReference: notice.transactionReference),
            in: transaction)
        let receipt = OutgoingMessage(
            .paymentReceipt, to: .account(payment.accountId),
            event: payment.paymentId.description
        ) { json in
            json.field("customerCodes", payment.customerCodes.joined(separator: ", "))
            json.field("amount", notice.amount)
            json.field("transaction", notice.transactionReference)
        }
        try await receipt.queue(at: now, in: transaction)
        let event = WebhookEvent(.paymentSucceeded, key: "\(payment.paymentId)", at: now) {
            $0.field("paymentId", payment.paymentId.description)
        }
        try await event.queue(at: now, in: transaction)
        return .accepted
    }

    /// Keeps money that fits nothing, and tells staff.
    func suspend(
        _ notice: PaymentNotice, _ id: UUID, _ kind: TaskKind, expected: Int64?,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        try await Ledger.book(
            id,
            [
                Ledger.Entry(account: .provider(provider), amount: notice.amount),
                Ledger.Entry(account: .suspense, amount: -notice.amount),
            ], cause: source.rawValue, at: now, in: transaction)
        try await transaction.queue(
            PaymentSettlement.task, .uuid(newId()), .text(kind.rawValue), .text(provider),
            .text(notice.transactionReference), .text(notice.orderReference),
            .int64(notice.amount), .int64(expected), .timestamp(now))
    }

    /// Takes a word that moves no money: the user has begun, or it came to nothing.
    func note(
        _ word: PaymentNotice.Word, about reference: String, in transaction: Transaction<Problem>
    ) async throws(Problem) -> ProviderCallOutcome {
        let order = try await transaction.queryOne(
            PaymentSettlement.order, .text(reference), .text(provider))
        guard let order,
            let payment = try await LockedPayment.lock(
                order.paymentId, of: order.accountId, in: transaction)
        else { return .unknownOrder }
        switch (word, payment.state) {
        case (.processing, .requiresAction):
            try await steps.move(
                payment, to: .processing, cause: source.rawValue,
                .init(nextCheckAt: now.advanced(bySeconds: PaymentWatch.checkSeconds)),
                in: transaction)
            return .accepted
        case (.failed, .requiresAction), (.failed, .processing):
            try await release(
                payment, to: .failed, .providerFailed, cause: source.rawValue, in: transaction)
            return .accepted
        default:
            // Late or said before: what is settled stays settled.
            return .duplicate
        }
    }

    /// Ends a payment without money, and gives its bills back.
    ///
    /// It is looked at again for a day: money may have been taken all the same.
    func release(
        _ payment: LockedPayment, to state: PaymentState, _ failure: PaymentFailure?,
        cause: String, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        _ = try await ClaimedBills.end(payment, settles: false, in: transaction)
        try await steps.move(
            payment, to: state, cause: cause,
            .init(
                failure: failure,
                nextCheckAt: now.advanced(bySeconds: PaymentWatch.lateCheckSeconds)),
            in: transaction)
    }

    /// Whose payment an order belongs to.
    struct Order: Row {
        static let columns = ["account_id", "payment_id"]
        let accountId: UUID
        let paymentId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
            paymentId = try row.uuid()
        }
    }

    static let order = Statement<Order>(
        "payment_order_find",
        """
        -- One row when order $1 is ours, at provider $2.
        select account_id, payment_id from payment_orders
        where order_reference = $1 and provider = $2
        """)

    static let receive = Command(
        "payment_receive",
        """
        -- Money of a provider; touches no row when its reference is known.
        insert into provider_transactions (transaction_reference, provider, ledger_transaction_id,
            order_reference, account_id, payment_id, amount, source, received_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict do nothing
        """)

    static let task = Command(
        "payment_task_add",
        """
        -- Something for staff.
        insert into payment_tasks (payment_task_id, kind, provider, transaction_reference,
            order_reference, amount, expected_amount, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """)
}
