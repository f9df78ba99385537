import Electricity
import HTTPClient
import Payments
import Reactor

/// The configured providers, and from one loop the way to each.
final class PaymentGateway {
    /// Who takes payments, by name.
    let providers: PaymentProviders
    private let caller: HTTPCaller
    private let upstreams: [ProviderName: Upstream]

    init(_ providers: PaymentProviders, on loop: EventLoop, random: @escaping () -> UInt64) {
        self.providers = providers
        var bounds = HTTPCaller.Bounds()
        bounds.allowsPlainText = providers.allowsPlainText
        let caller = HTTPCaller(on: loop, bounds: bounds)
        self.caller = caller
        // One each: a provider that fails must not have another one left alone.
        upstreams = Dictionary(
            uniqueKeysWithValues: providers.all.keys.map {
                ($0, Upstream(caller, on: loop, random: random))
            })
    }

    /// A configured provider.
    func provider(_ name: ProviderName) -> (any PaymentProvider)? { providers.all[name] }

    /// Sends what a provider has worded; never inside a transaction.
    func send(
        _ request: OutgoingRequest, to name: ProviderName, isRepeatable: Bool
    ) async throws(CallFault) -> IncomingReply {
        guard let upstream = upstreams[name] else { throw .stopped }
        return try await upstream.send(request, isRepeatable: isRepeatable)
    }

    /// Breaks off what is under way.
    func stop() {
        caller.stop()
    }
}
