import JSON
import Payments
import Postgres

/// Takes what a provider tells by POST (ZaloPay, Zalo's mini-app checkout).
struct ReceivePaymentCallback: Endpoint {
    static let route = Route.post("/v1/payment-callbacks/{provider}").signedByProvider()

    let provider: ProviderName
    let call: ProviderCall

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        provider = try ProviderWord.name(arguments)
        call = ProviderCall(rawQuery: arguments.rawQuery, body: arguments.rawBody)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await ProviderWord.take(call, from: provider, in: context)
    }
}

/// What a provider tells, by whichever method it calls.
enum ProviderWord {
    /// The provider of the path; 404 for a name that none has.
    static func name(_ arguments: Arguments) throws(Problem) -> ProviderName {
        guard let name = ProviderName(rawValue: arguments.text("provider")) else {
            throw Problem(.notFound)
        }
        return name
    }

    /// Verifies a call, books what it says, and answers in the provider's own words.
    ///
    /// Nothing is booked without a signature: a provider that is not configured has none to show.
    static func take(
        _ call: ProviderCall, from name: ProviderName, in context: Context
    ) async throws(Problem) -> Answer {
        guard let provider = context.payments.provider(name) else {
            throw Problem(.unauthenticated, reason: "\(name.rawValue) is not configured")
        }
        switch provider.read(call) {
        case .badSignature:
            throw Problem(.unauthenticated, reason: "the signature of \(name.rawValue)")
        case .malformed:
            throw Problem(.invalidRequest, reason: "a signed call without what belongs into it")
        case .verified(let notice):
            let outcome = try await book(notice, of: name, in: context)
            return Answer(status: 200, body: provider.answer(to: outcome))
        }
    }

    private static func book(
        _ notice: PaymentNotice, of name: ProviderName, in context: Context
    ) async throws(Problem) -> ProviderCallOutcome {
        let settlement = PaymentSettlement(
            provider: name.rawValue, source: .callback, now: context.now, newId: context.newId)
        return try await context.write {
            (transaction) async throws(Problem) -> ProviderCallOutcome in
            if let order = notice.providerOrder, let reference = notice.orderReference {
                try await transaction.queue(
                    keepOrder, .text(reference), .text(name.rawValue), .text(order))
            }
            if notice.word == .paid {
                return try await settlement.settle(notice, in: transaction)
            }
            guard let reference = notice.orderReference else { return .accepted }
            return try await settlement.note(notice.word, about: reference, in: transaction)
        }
    }

    static let keepOrder = Command(
        "receive_payment_callback_order",
        """
        -- The provider's own name for order $1, so that it can be asked about it.
        update payment_orders set provider_order = $3
        where order_reference = $1 and provider = $2 and provider_order is null
        """)
}
