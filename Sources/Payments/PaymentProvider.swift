package import Electricity
package import HTTPClient

/// Somebody who takes payments for us, by the wire format they speak; pure.
///
/// A provider says which requests to send and what answers mean; it sends nothing itself.
package protocol PaymentProvider: Sendable {
    /// The name in paths and in the database.
    var name: ProviderName { get }

    /// What gives the user something to pay with: a request to the provider, or nothing more.
    func begin(_ order: PaymentOrder) -> OrderBeginning
    /// What the provider answered to the request of `begin`.
    func readBeginning(_ reply: IncomingReply, of order: PaymentOrder) -> BeginningOutcome
    /// Checks the signature of a call from the provider, then takes it apart.
    func read(_ call: ProviderCall) -> ProviderCallReading
    /// What the provider wants to hear.
    func answer(to outcome: ProviderCallOutcome) -> [UInt8]
    /// Asks what became of an order; nil where nobody can be asked.
    func question(about order: AskedOrder, now: Instant) -> OutgoingRequest?
    /// What the provider answered to such a question.
    func readState(_ reply: IncomingReply, of order: AskedOrder) -> OrderState
    /// Gives money back; nil where the provider cannot.
    func refund(_ refund: RefundOrder, now: Instant) -> OutgoingRequest?
    /// What the provider answered to a refund or to a question about it.
    func readRefund(_ reply: IncomingReply) -> RefundState
    /// Asks what became of a refund; nil where refunds are complete when they are answered.
    func question(about refund: RefundOrder, now: Instant) -> OutgoingRequest?
}

/// The providers there are, as they are named in paths and rows.
package enum ProviderName: String, Sendable, CaseIterable {
    case zaloPay = "zalopay"
    case zaloCheckout = "zalo-checkout"
    case vnPay = "vnpay"
    case vietQR = "vietqr"
}

/// One order at a provider: what is paid, by our reference.
package struct PaymentOrder: Sendable {
    /// A bill of the order.
    package struct Item: Sendable {
        /// The bill's invoice id.
        package let id: String
        /// VND.
        package let amount: Int64

        /// Names a bill.
        package init(id: String, amount: Int64) {
            self.id = id
            self.amount = amount
        }
    }

    /// Our reference, made by `OrderReference`.
    package let reference: String
    /// VND.
    package let amount: Int64
    /// For the person who pays; ASCII, since not every provider takes more.
    package let description: String
    /// Who pays, as far as the provider must be able to tell payers apart; no personal data.
    package let payer: String
    /// The bills.
    package let items: [Item]
    /// When the order is made, and when it may no longer be paid.
    package let createdAt: Instant
    /// When it may no longer be paid.
    package let expiresAt: Instant
    /// Where the provider sends the user afterwards.
    package let returnURL: String?

    /// Names all of it.
    package init(
        reference: String, amount: Int64, description: String, payer: String, items: [Item],
        createdAt: Instant, expiresAt: Instant, returnURL: String?
    ) {
        self.reference = reference
        self.amount = amount
        self.description = description
        self.payer = payer
        self.items = items
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.returnURL = returnURL
    }
}

/// How an order begins.
package enum OrderBeginning: Sendable {
    /// There is nobody to ask: the user can pay with this.
    case ready(PaymentAction)
    /// The provider must be asked first.
    case ask(OutgoingRequest)
}

/// What the user does to pay: exactly the members that belong to the kind are there.
package enum PaymentAction: Sendable, Equatable {
    /// Goes to an address; the token opens the same order in the provider's app.
    case redirect(url: String, token: String?)
    /// Scans or copies the text of a QR code.
    case scan(text: String)
    /// The mini-app hands this JSON to Zalo's `Payment.createOrder`.
    case checkout(order: [UInt8])
}

/// What a provider said to a new order.
package enum BeginningOutcome: Sendable, Equatable {
    case ready(PaymentAction)
    /// It will not take the order; its code, for the log.
    case refused(code: String)
    /// It is not known whether it has the order.
    case unclear(reason: String)
}

/// A call from a provider as it arrived.
package struct ProviderCall: Sendable {
    /// The query as it stands in the target, without the question mark.
    package let rawQuery: [UInt8]
    /// The content, byte for byte.
    package let body: [UInt8]

    /// Takes both.
    package init(rawQuery: [UInt8], body: [UInt8]) {
        self.rawQuery = rawQuery
        self.body = body
    }
}

/// A verified statement of a provider about an order.
package struct PaymentNotice: Sendable, Equatable {
    /// How far a payment has come.
    package enum Word: Sendable, Equatable {
        /// The money is there.
        case paid
        /// The user has begun to pay.
        case processing
        /// It came to nothing.
        case failed
    }

    /// What the provider says.
    package let word: Word
    /// Our reference; nil where the provider names only its own order.
    package let orderReference: String?
    /// The provider's own order, where it has one besides ours.
    package var providerOrder: String?
    /// The provider's name for this movement of money.
    package let transactionReference: String
    /// VND.
    package let amount: Int64

    /// Names all of it.
    package init(
        _ word: Word, orderReference: String?, providerOrder: String? = nil,
        transactionReference: String, amount: Int64
    ) {
        self.word = word
        self.orderReference = orderReference
        self.providerOrder = providerOrder
        self.transactionReference = transactionReference
        self.amount = amount
    }
}

/// What a call from a provider is.
package enum ProviderCallReading: Sendable, Equatable {
    case verified(PaymentNotice)
    /// Not signed by the provider.
    case badSignature
    /// Signed, but not what the provider has promised to send.
    case malformed
}

/// What became of a verified call.
package enum ProviderCallOutcome: Sendable, CaseIterable {
    case accepted
    case duplicate
    case unknownOrder
    case wrongAmount
}

/// An order one asks about.
package struct AskedOrder: Sendable {
    /// Our reference.
    package let reference: String
    /// The provider's own, where it has one.
    package let providerOrder: String?
    /// VND.
    package let amount: Int64
    /// When it was made.
    package let createdAt: Instant

    /// Names all of it.
    package init(reference: String, providerOrder: String?, amount: Int64, createdAt: Instant) {
        self.reference = reference
        self.providerOrder = providerOrder
        self.amount = amount
        self.createdAt = createdAt
    }
}

/// What a provider knows of an order.
package enum OrderState: Sendable, Equatable {
    case paid(PaymentNotice)
    /// Not paid; it may still become so.
    case unpaid
    /// The user is paying.
    case processing
    /// It will not be paid.
    case failed
    /// The provider did not say.
    case unclear(reason: String)
}

/// Money to be given back.
package struct RefundOrder: Sendable {
    /// Our reference.
    package let reference: String
    /// Our reference of the order.
    package let orderReference: String
    /// The provider's name for the payment.
    package let transactionReference: String
    /// VND.
    package let amount: Int64
    /// VND of the whole payment.
    package let paidAmount: Int64
    /// When the order was made, and when the refund was.
    package let orderCreatedAt: Instant
    /// When the refund was asked for.
    package let createdAt: Instant

    /// Names all of it.
    package init(
        reference: String, orderReference: String, transactionReference: String, amount: Int64,
        paidAmount: Int64, orderCreatedAt: Instant, createdAt: Instant
    ) {
        self.reference = reference
        self.orderReference = orderReference
        self.transactionReference = transactionReference
        self.amount = amount
        self.paidAmount = paidAmount
        self.orderCreatedAt = orderCreatedAt
        self.createdAt = createdAt
    }
}

/// What became of a refund.
package enum RefundState: Sendable, Equatable {
    /// The provider's own name for it, where it gives one.
    case done
    case processing
    case refused(code: String)
    case unclear(reason: String)
}
