import Electricity
import JSON
import Postgres

/// Resolves money that fits nothing, by two persons: the first proposes (202), another one who
/// says the same confirms (200), and only then is it booked.
struct ResolvePaymentTask: Endpoint {
    static let route = Route.post("/v1/staff/payment-tasks/{task}/resolution").requiring(.staff)

    let task: UUID
    let resolution: PaymentTask.Resolution
    let customerCode: CustomerCode?
    let note: String

    init(_ arguments: Arguments, body: JSONValue) throws(Problem) {
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
        case .returned where object?.holds("customerCode") == true:
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
            guard isSame, found.proposedBy != client.clientId else {
                try await transaction.queue(
                    ResolvePaymentTask.replace, .uuid(task), .text(resolution.rawValue),
                    .text(customerCode?.text), .text(note), .uuid(client.clientId),
                    .timestamp(context.now))
                try await context.auditStaff(
                    .paymentResolutionProposed, subject: "\(task)", purpose: note,
                    in: transaction)
                return try await answer(status: 202, in: transaction)
            }
            try await book(found, by: client.clientId, in: transaction, context: context)
            try await context.auditStaff(
                .paymentResolved, subject: "\(task)", purpose: note, in: transaction)
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

    /// Moves the money out of suspense, and ends a payment that waited for it.
    private func book(
        _ found: PaymentTask, by client: UUID, in transaction: Transaction<Problem>,
        context: Context
    ) async throws(Problem) {
        let id = context.newId()
        // The payment first, then its bills, then the customer: the order of all settlements.
        try await release(found, in: transaction, context: context)
        var entries = [Ledger.Entry(account: .suspense, amount: found.amount)]
        if let code = customerCode {
            entries.append(
                Ledger.Entry(account: .customerCredit(code.text), amount: -found.amount))
            try await transaction.queue(
                ClaimedBills.credit, .text(code.text), .int64(found.amount))
        } else {
            entries.append(
                Ledger.Entry(account: .provider(found.provider), amount: -found.amount))
        }
        try await Ledger.book(id, entries, cause: "staff", at: context.now, in: transaction)
        try await transaction.queue(
            ResolvePaymentTask.confirm, .uuid(task), .uuid(client), .timestamp(context.now),
            .uuid(id))
        try await transaction.queue(
            ResolvePaymentTask.finish, .uuid(task), .timestamp(context.now))
    }

    /// A payment that waits for the reconciliation of this money ends, and its bills are free.
    private func release(
        _ found: PaymentTask, in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) {
        guard let reference = found.orderReference,
            let order = try await transaction.queryOne(
                PaymentSettlement.order, .text(reference), .text(found.provider)),
            let payment = try await LockedPayment.lock(
                order.paymentId, of: order.accountId, in: transaction),
            payment.state == .pendingReconciliation
        else { return }
        let settlement = PaymentSettlement(
            provider: found.provider, source: .settlement, now: context.now,
            newId: context.newId)
        try await settlement.release(
            payment, to: .failed, .resolvedByStaff, cause: "staff", in: transaction)
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
            r.note, r.proposed_by, r.proposed_at, r.confirmed_at
        from payment_tasks t
        join payment_task_resolutions r on r.payment_task_id = t.payment_task_id
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
