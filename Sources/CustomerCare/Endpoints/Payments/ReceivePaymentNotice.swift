import JSON
import Payments
import Postgres

/// Takes what a provider tells by GET (VNPAY's IPN): a signed query that books money all the same.
struct ReceivePaymentNotice: Endpoint {
    static let route = Route.get("/v1/payment-callbacks/{provider}").signedByProvider()

    let provider: ProviderName
    let call: ProviderCall

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        provider = try ProviderWord.name(arguments)
        call = ProviderCall(rawQuery: arguments.rawQuery, body: [])
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await ProviderWord.take(call, from: provider, in: context)
    }
}
