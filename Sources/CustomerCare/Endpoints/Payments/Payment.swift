import Electricity
import JSON
import Payments
import Postgres

/// A payment over one or more bills (thanh toán trực tuyến), as its account sees it.
struct Payment: Row {
    static let columns = [
        "account_id", "payment_id", "state", "provider", "order_reference", "amount", "credited",
        "bills", "action", "failure_reason", "transaction_reference", "created_at", "expires_at",
        "updated_at", "paid_at", "return_url",
    ]

    let accountId: UUID
    let paymentId: UUID
    let state: PaymentState
    let provider: ProviderName
    let orderReference: String
    /// VND.
    let amount: Int64
    /// What of it was not owed any more, VND.
    let credited: Int64
    /// A JSON array, as the contract tells it.
    let bills: [UInt8]
    /// A JSON object, as the contract tells it.
    let action: [UInt8]?
    let failureReason: String?
    let transactionReference: String?
    let createdAt: Instant
    let expiresAt: Instant
    let updatedAt: Instant
    let paidAt: Instant?
    let returnURL: String?

    init(_ row: inout RowDecoder) throws(RowError) {
        accountId = try row.uuid()
        paymentId = try row.uuid()
        state = try row.word(PaymentState.self)
        provider = try row.word(ProviderName.self)
        orderReference = try row.string()
        amount = try row.int64()
        credited = try row.int64()
        bills = try row.utf8()
        action = try row.optionalUTF8()
        failureReason = try row.optionalString()
        transactionReference = try row.optionalString()
        createdAt = try row.instant()
        expiresAt = try row.instant()
        updatedAt = try row.instant()
        paidAt = try row.optionalInstant()
        returnURL = try row.optionalString()
    }

    /// A payment as it begins.
    init(
        accountId: UUID, paymentId: UUID, provider: ProviderName, order: PaymentOrder,
        bills: [UInt8], action: [UInt8]?
    ) {
        self.accountId = accountId
        self.paymentId = paymentId
        state = .requiresAction
        self.provider = provider
        orderReference = order.reference
        amount = order.amount
        credited = 0
        self.bills = bills
        self.action = action
        failureReason = nil
        transactionReference = nil
        createdAt = order.createdAt
        expiresAt = order.expiresAt
        updatedAt = order.createdAt
        paidAt = nil
        returnURL = order.returnURL
    }

    /// Whether the user can still be given something to pay with.
    var isOpen: Bool { state == .requiresAction || state == .processing }

    /// The members of the payment.
    func write(to json: inout JSONWriter) {
        json.field("paymentId", paymentId.description)
        json.field("accountId", accountId.description)
        json.field("state", state.rawValue)
        json.field("provider", provider.rawValue)
        json.field("orderReference", orderReference)
        json.field("amount", amount)
        json.field("credited", credited)
        json.rawField("bills", bills)
        if let action, isOpen { json.rawField("action", action) } else { json.nullField("action") }
        json.field("failureReason", failureReason)
        json.field("createdAt", createdAt)
        json.field("expiresAt", expiresAt)
        json.field("updatedAt", updatedAt)
        if let paidAt, let transactionReference, state == .succeeded {
            json.field("receipt") { json in
                json.field("transactionReference", transactionReference)
                json.field("paidAt", paidAt)
                json.field("amount", amount)
            }
        } else {
            json.nullField("receipt")
        }
    }

    /// An answer with one payment.
    func answer(status: Int = 200) -> Answer {
        var answer = Answer.object(status: status, reserving: 2_048) { write(to: &$0) }
        if status == 201 || status == 202 { answer.location = location }
        return answer
    }

    /// The payment's own address.
    var location: String { Payment.location(of: paymentId, account: accountId) }

    /// The address of a payment.
    static func location(of payment: UUID, account: UUID) -> String {
        "/v1/payments/\(payment)?account=\(account)"
    }

    static let statement = Statement<Payment>(
        "get_payment",
        """
        -- One row when account $1 is there and has payment $2.
        select p.account_id, p.payment_id, p.state, p.provider, p.order_reference, p.amount,
            p.credited, p.bills, p.action, p.failure_reason, p.transaction_reference,
            p.created_at, p.expires_at, p.updated_at, p.paid_at, p.return_url
        from payments p
        join accounts a on a.account_id = p.account_id and a.deleted_at is null
        where p.account_id = $1 and p.payment_id = $2
        """)
}

extension PaymentAction {
    /// The action as the contract tells it.
    var json: [UInt8] {
        var json = JSONWriter(reservingCapacity: 1_024)
        json.object { json in
            switch self {
            case .redirect(let url, let token):
                json.field("kind", "redirect")
                json.field("url", url)
                json.field("token", token)
                json.nullField("text")
                json.nullField("order")
            case .scan(let text):
                json.field("kind", "scan")
                json.nullField("url")
                json.nullField("token")
                json.field("text", text)
                json.nullField("order")
            case .checkout(let order):
                json.field("kind", "checkout")
                json.nullField("url")
                json.nullField("token")
                json.nullField("text")
                json.rawField("order", order)
            }
        }
        return json.bytes
    }
}
