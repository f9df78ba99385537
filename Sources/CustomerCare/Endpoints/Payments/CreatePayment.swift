import Electricity
import HTTPClient
import JSON
import Payments
import Postgres

/// Begins a payment over one or more bills of codes that the account follows.
///
/// The amounts are what is owed now. The payment, its claims and the answer are one transaction;
/// only then is the provider asked, and a second one keeps what it gave. A crash between the two
/// leaves a payment without an action: a repetition of the request gets one, the watch ends it.
struct CreatePayment: Endpoint {
    static let route = Route.post("/v1/payments").withIdempotencyKey()

    /// Bills of one payment.
    static let billLimit = 24
    /// Seconds in which a payment must be made: 15 minutes where the provider tells at once.
    static let openSeconds: Int64 = 900
    /// The same for a transfer, of which only the bank's statement of the next day tells: two days.
    static let transferSeconds: Int64 = 172_800
    /// Seconds in which a first attempt with the provider may still be under way.
    private static let attemptSeconds: Int64 = 15

    let account: UUID
    /// Sorted by code and period, each once.
    let bills: [PayableBill.Key]
    let provider: ProviderName
    let returnURL: String?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let account = AccountMember.read(object)
        let word = object?.string("provider", length: 1...20)
        let provider = word.flatMap(ProviderName.init)
        if word != nil, provider == nil { object?.fault("provider", .notAllowed) }
        returnURL = object?.optionalString("returnUrl", length: 1...512)
        if let returnURL, !CreatePayment.isAddress(returnURL) {
            object?.fault("returnUrl", .wrongFormat)
        }
        let bills = PayableBill.Key.read(body, object, faults)
        if let problem = Problem(faults) { throw problem }
        guard let account, let provider else { throw Problem(.invalidRequest) }
        self.account = account
        self.provider = provider
        self.bills = bills
    }

    private static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("https://") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let provider = context.payments.provider(provider) else {
            throw Problem(pointer: "#/provider", .notAllowed)
        }
        let id = context.newId()
        // Bills are locked in the order of codes: of one code, they can be put in it with others.
        let codes = Set(bills.map(\.code.text))
        var answer = try await context.writeOnce(
            CreatePayment.operationId, account: account,
            sharedBy: codes.count == 1 ? Array(codes) : nil
        ) { (transaction) async throws(Problem) -> Answer in
            try await create(id, by: provider, in: transaction, context: context)
        }
        let stored = try CreatePayment.paymentId(of: answer)
        // 202: the provider is still to be asked, by this request or by one that broke off.
        if answer.status == 202 {
            answer = try await order(stored, isFirst: stored == id, by: provider, context: context)
        }
        answer.location = Payment.location(of: stored, account: account)
        return answer
    }

    private static func paymentId(of answer: Answer) throws(Problem) -> UUID {
        let json = try? JSONValue.parse(answer.body)  // A stored answer is one of our own.
        guard case .object(let members)? = json, case .string(let text)? = members.first?.value,
            let id = UUID(text)
        else { throw Problem(.internalError, reason: "a stored payment without an id") }
        return id
    }

    // MARK: The payment

    private func create(
        _ id: UUID, by provider: any PaymentProvider, in transaction: Transaction<Problem>,
        context: Context
    ) async throws(Problem) -> Answer {
        await transaction.inTurn(bills.first?.code.text ?? "")
        let payable = try await PayableBill.claim(
            bills, for: id, of: account, in: transaction)
        let amount = payable.reduce(0) { $0 + $1.amount }
        let reference = OrderReference.make(
            for: provider.name, now: context.now, random: context.randomBits)
        let expiresAt = context.now.advanced(
            bySeconds: provider.name == .vietQR
                ? CreatePayment.transferSeconds : CreatePayment.openSeconds)
        let order = PaymentOrder(
            reference: reference, amount: amount, description: CreatePayment.text,
            payer: account.description,
            items: payable.map { .init(id: $0.invoiceId, amount: $0.amount) },
            createdAt: context.now, expiresAt: expiresAt, returnURL: returnURL)
        var action: [UInt8]?
        if case .ready(let ready) = provider.begin(order) { action = ready.json }
        let bills = PayableBill.json(payable)
        try await transaction.queue(
            CreatePayment.statement, .uuid(account), .uuid(id), .text(provider.name.rawValue),
            .int64(amount), .text(reference), .texts(Set(payable.map(\.code)).sorted()),
            .text(String(decoding: bills, as: UTF8.self)),
            .text(returnURL), .text(action.map { String(decoding: $0, as: UTF8.self) }),
            .timestamp(context.now), .timestamp(expiresAt),
            .timestamp(context.now.advanced(bySeconds: PaymentWatch.firstCheckSeconds)))
        try await transaction.queue(
            CreatePayment.order, .text(reference), .text(provider.name.rawValue),
            .uuid(account), .uuid(id), .timestamp(context.now))
        try await PaymentSteps(now: context.now).begin(id, of: account, in: transaction)
        let payment = Payment(
            accountId: account, paymentId: id, provider: provider.name, order: order,
            bills: bills, action: action)
        return payment.answer(status: action == nil ? 202 : 201)
    }

    /// What the payer reads at the provider; ASCII.
    private static let text = "Thanh toan tien dien EVN SPC"

    // MARK: The order

    /// Asks the provider and keeps what it gives; 202 when it is not known whether it has the
    /// order.
    private func order(
        _ id: UUID, isFirst: Bool, by provider: any PaymentProvider, context: Context
    ) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(
            Payment.statement, .uuid(account), .uuid(id))
        guard var payment = found else { throw Problem(.notFound) }
        guard payment.isOpen, payment.action == nil, context.now < payment.expiresAt else {
            return payment.answer(status: 201)
        }
        if !isFirst {
            let end = payment.updatedAt.advanced(bySeconds: CreatePayment.attemptSeconds)
            if context.now < end { throw Problem(.requestInProgress) }
            payment = try await anotherOrder(of: payment, context: context)
        }
        let order = PaymentOrder(
            reference: payment.orderReference, amount: payment.amount,
            description: CreatePayment.text, payer: account.description,
            items: PayableBill.items(payment.bills),
            createdAt: isFirst ? payment.createdAt : context.now, expiresAt: payment.expiresAt,
            returnURL: payment.returnURL)
        let outcome: BeginningOutcome
        switch provider.begin(order) {
        case .ready(let action): outcome = .ready(action)
        case .ask(let request):
            do {
                let reply = try await context.payments.send(
                    request, to: provider.name, isRepeatable: false)
                outcome = provider.readBeginning(reply, of: order)
            } catch {
                outcome = .unclear(reason: error.description)
            }
        }
        return try await keep(outcome, of: payment, context: context)
    }

    /// A new order of a payment whose first one is lost on the way: its reference may be taken.
    private func anotherOrder(
        of payment: Payment, context: Context
    ) async throws(Problem) -> Payment {
        let reference = OrderReference.make(
            for: payment.provider, now: context.now, random: context.randomBits)
        return try await context.write { (transaction) async throws(Problem) -> Payment in
            let changed = try await transaction.queryOne(
                CreatePayment.reorder, .uuid(account), .uuid(payment.paymentId),
                .text(payment.orderReference), .text(reference), .timestamp(context.now))
            guard let changed else { throw Problem(.requestInProgress) }
            try await transaction.queue(
                CreatePayment.order, .text(reference), .text(payment.provider.rawValue),
                .uuid(account), .uuid(payment.paymentId), .timestamp(context.now))
            return changed
        }
    }

    private func keep(
        _ outcome: BeginningOutcome, of payment: Payment, context: Context
    ) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            let locked = try await LockedPayment.lock(
                payment.paymentId, of: account, in: transaction)
            guard let locked else { throw Problem(.notFound) }
            switch outcome {
            case .ready(let action):
                try await transaction.queue(
                    CreatePayment.keepAction, .uuid(account), .uuid(payment.paymentId),
                    .text(String(decoding: action.json, as: UTF8.self)),
                    .timestamp(context.now))
            case .refused where locked.state == .requiresAction:
                let settlement = PaymentSettlement(
                    provider: payment.provider.rawValue, source: .query, now: context.now,
                    newId: context.newId)
                try await settlement.release(
                    locked, to: .failed, .providerRefused, cause: "provider", in: transaction)
            case .refused, .unclear: break
            }
            let now = try await transaction.queryOne(
                Payment.statement, .uuid(account), .uuid(payment.paymentId))
            guard let now else { throw Problem(.notFound) }
            let isOpen = now.isOpen && now.action == nil
            let answer = now.answer(status: isOpen ? 202 : 201)
            try await context.replaceStoredAnswer(
                CreatePayment.operationId, account: account, with: answer, in: transaction)
            return answer
        }
    }

    static let statement = Command(
        "create_payment",
        """
        -- The payment as it begins.
        insert into payments (account_id, payment_id, provider, state, step, amount, credited,
            order_reference, customer_codes, bills, return_url, action, created_at, expires_at,
            updated_at, next_check_at)
        values ($1, $2, $3, 'requires_action', 1, $4, 0, $5, $6, $7, $8, $9, $10, $11, $10, $12)
        """)

    static let order = Command(
        "create_payment_order",
        """
        -- Where a call of the provider leads.
        insert into payment_orders (order_reference, provider, account_id, payment_id, created_at)
        values ($1, $2, $3, $4, $5)
        """)

    static let reorder = Statement<Payment>(
        "create_payment_reorder",
        """
        -- The payment with another order, unless somebody else has made one meanwhile.
        update payments set order_reference = $4, updated_at = $5
        where account_id = $1 and payment_id = $2 and order_reference = $3 and action is null
            and state in ('requires_action', 'processing')
        returning account_id, payment_id, state, provider, order_reference, amount, credited,
            bills, action, failure_reason, transaction_reference, created_at, expires_at,
            updated_at, paid_at, return_url
        """)

    static let keepAction = Command(
        "create_payment_action",
        """
        -- What the user pays with; the first one stays.
        update payments set action = $3, updated_at = $4
        where account_id = $1 and payment_id = $2 and action is null
        """)
}
