import Electricity
import JSON
import Payments
import Postgres

/// Resolves money that fits nothing, by two persons: the first proposes (202), another one who
/// says the same confirms (200), and only then is it booked.
struct ResolvePaymentTask: Endpoint {
    static let route = Route.post("/v1/staff/payment-tasks/{task}/resolution").requiring(.staff)

    let task: UUID
    let resolution: PaymentTask.Resolution
    let customerCode: CustomerCode?
    let note: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        task = try arguments.id("task")
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let word = object?.string("kind", length: 1...20)
        let resolution = word.flatMap(PaymentTask.Resolution.init)
        if word != nil, resolution == nil { object?.fault("kind", .notAllowed) }
        let code = object?.optionalString("customerCode", length: 13...13)
        customerCode = code.flatMap { CustomerCode(exact: $0) }
        if code != nil, customerCode == nil { object?.fault("customerCode", .wrongFormat) }
        switch resolution {
        case .credit where object?.holds("customerCode") == false:
            object?.fault("customerCode", .missing)
        case .returned where object?.holds("customerCode") == true,
            .refunded where object?.holds("customerCode") == true:
            object?.fault("customerCode", .notAllowed)
        default: break
        }
        let note = ServiceText.requiredNote(object, "note")
        if let problem = Problem(faults) { throw problem }
        guard let resolution, let note else { throw Problem(.invalidRequest) }
        self.resolution = resolution
        self.note = note
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client else { throw Problem(.unauthenticated) }
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            try await propose(by: client.clientId, in: transaction, context: context)
            let found = try await transaction.queryOne(ResolvePaymentTask.lock, .uuid(task))
            guard let found else { throw Problem(.notFound) }
            let isSame =
                found.resolution == resolution && found.customerCode == customerCode?.text
            if found.confirmedAt != nil {
                // Resolved before in the same way: a repetition does no harm.
                guard isSame else { throw Problem(.transitionNotAllowed) }
                return found.answer()
            }
            if found.refund?.state.isLive == true {
                // On its way: nothing else is done with the money meanwhile.
                guard isSame else { throw Problem(.transitionNotAllowed) }
                return found.answer(status: 202)
            }
            if resolution == .refunded { try requireRefundable(found, context) }
            guard isSame, !found.isAsked, found.proposedBy != client.clientId else {
                try await transaction.queue(
                    ResolvePaymentTask.replace, .uuid(task), .text(resolution.rawValue),
                    .text(customerCode?.text), .text(note), .uuid(client.clientId),
                    .timestamp(context.now))
                try await context.auditStaff(
                    .paymentResolutionProposed, subject: "\(task)", purpose: note,
                    in: transaction)
                return try await answer(status: 202, in: transaction)
            }
            try await context.auditStaff(
                .paymentResolved, subject: "\(task)", purpose: note, in: transaction)
            if resolution == .refunded {
                try await beginRefund(
                    found, by: client.clientId, in: transaction, context: context)
                return try await answer(status: 202, in: transaction)
            }
            try await found.book(
                for: customerCode, confirmedBy: client.clientId, at: context.now,
                newId: context.newId, in: transaction)
            return try await answer(status: 200, in: transaction)
        }
    }

    private func answer(
        status: Int, in transaction: Transaction<Problem>
    ) async throws(Problem) -> Answer {
        let now = try await transaction.queryOne(ResolvePaymentTask.lock, .uuid(task))
        guard let now else { throw Problem(.notFound) }
        return now.answer(status: status)
    }

    /// Puts a first proposal there, so that there is a row to lock.
    private func propose(
        by client: UUID, in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) {
        let there = try await transaction.queryOne(ResolvePaymentTask.find, .uuid(task))
        guard there != nil else { throw Problem(.notFound) }
        if let code = customerCode {
            let customer = try await transaction.queryOne(
                ResolvePaymentTask.customer, .text(code.text))
            guard customer != nil else {
                throw Problem(pointer: "#/customerCode", .notAllowed)
            }
        }
        _ = try await transaction.run(
            ResolvePaymentTask.insert, .uuid(task), .text(resolution.rawValue),
            .text(customerCode?.text), .text(note), .uuid(client), .timestamp(context.now))
    }

    /// Whether the provider can give back what has come; only of an order of ours it knows enough.
    private func requireRefundable(
        _ found: PaymentTask, _ context: Context
    ) throws(Problem) {
        let name = ProviderName(rawValue: found.provider)
        let provider = name.flatMap { context.payments.provider($0) }
        guard let provider, let order = found.orderReference else {
            throw Problem(pointer: "#/kind", .notAllowed)
        }
        let refund = RefundOrder(
            reference: "000000_0", orderReference: order,
            transactionReference: found.transactionReference, amount: found.amount,
            paidAmount: found.amount, orderCreatedAt: context.now, createdAt: context.now)
        guard provider.refund(refund, now: context.now) != nil else {
            throw Problem(pointer: "#/kind", .notAllowed)
        }
    }

    /// Has the provider asked: what it says is booked when it says it.
    private func beginRefund(
        _ found: PaymentTask, by client: UUID, in transaction: Transaction<Problem>,
        context: Context
    ) async throws(Problem) {
        guard let name = ProviderName(rawValue: found.provider) else {
            throw Problem(pointer: "#/kind", .notAllowed)
        }
        let reference = OrderReference.make(for: name, now: context.now) {
            context.randomBits()
        }
        let begun = try await transaction.run(
            Refund.insert, .uuid(task), .text(reference), .text(found.orderReference),
            .text(found.transactionReference), .int64(found.amount), .uuid(client),
            .timestamp(context.now))
        // Of an order that is not ours nothing is known.
        guard begun == 1 else { throw Problem(pointer: "#/kind", .notAllowed) }
    }

    /// Something that is there.
    struct Found: Row {
        static let columns = ["is_there"]

        init(_ row: inout RowDecoder) throws(RowError) {
            try row.skip()
        }
    }

    static let find = Statement<Found>(
        "resolve_payment_task_find",
        """
        -- One row when the task is there.
        select true as is_there from payment_tasks where payment_task_id = $1
        """)

    static let customer = Statement<Found>(
        "resolve_payment_task_customer",
        """
        -- One row when the customer is there.
        select true as is_there from customers where customer_code = $1
        """)

    static let insert = Command(
        "resolve_payment_task_insert",
        """
        -- The first proposal; waits for another one that is under way, and then leaves it.
        insert into payment_task_resolutions (payment_task_id, kind, customer_code, note,
            proposed_by, proposed_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing
        """)

    static let lock = Statement<PaymentTask>(
        "resolve_payment_task_lock",
        """
        -- The task and its proposal, locked.
        select t.payment_task_id, t.kind, t.provider, t.transaction_reference, t.order_reference,
            t.amount, t.expected_amount, t.created_at, r.kind as resolution, r.customer_code,
            r.note, r.proposed_by, r.proposed_at, r.confirmed_at, f.refund_reference,
            f.state as refund_state, f.fault as refund_fault, f.updated_at as refund_updated_at
        from payment_tasks t
        join payment_task_resolutions r on r.payment_task_id = t.payment_task_id
        left join lateral (
            select e.refund_reference, e.state, e.fault, e.updated_at from refunds e
            where e.payment_task_id = t.payment_task_id
            order by e.created_at desc, e.refund_reference limit 1
        ) f on true
        where t.payment_task_id = $1 for update of r
        """)

    static let replace = Command(
        "resolve_payment_task_propose",
        """
        -- Another proposal, or the same person's again.
        update payment_task_resolutions
        set kind = $2, customer_code = $3, note = $4, proposed_by = $5, proposed_at = $6
        where payment_task_id = $1 and confirmed_at is null
        """)

    static let confirm = Command(
        "resolve_payment_task_confirm",
        """
        -- The second person agrees.
        update payment_task_resolutions
        set confirmed_by = $2, confirmed_at = $3, ledger_transaction_id = $4
        where payment_task_id = $1 and confirmed_at is null
        """)

    static let finish = Command(
        "resolve_payment_task_finish",
        """
        -- Nothing is left to be done.
        update payment_tasks set done_at = $2 where payment_task_id = $1
        """)
}
