package import Reactor

/// One other service as this one calls it: bounded repetitions, and a circuit breaker.
///
/// Loop-confined, like the caller it sends with.
package final class Upstream: @unchecked Sendable {
    /// How often and how fast a request is repeated.
    package struct Repetition: Sendable {
        /// Attempts in all.
        package var attempts = 3
        /// The longest pause before the second attempt in milliseconds; doubled for each further.
        package var firstPauseMilliseconds = 200
        /// The longest pause of all.
        package var longestPauseMilliseconds = 2_000

        /// The figures named above.
        package init() {}
    }

    private let caller: HTTPCaller
    private let loop: EventLoop
    private let repetition: Repetition
    private let random: () -> UInt64
    private var breaker = CircuitBreaker()

    /// A service that has not failed yet.
    package init(
        _ caller: HTTPCaller, on loop: EventLoop, repetition: Repetition = Repetition(),
        random: @escaping () -> UInt64
    ) {
        self.caller = caller
        self.loop = loop
        self.repetition = repetition
        self.random = random
    }

    /// Sends a request and gives the first usable answer.
    ///
    /// What never left is sent again. What may have arrived is sent again only when the request is
    /// repeatable, as questions are. A status of 429 or 500 and above is a failure of the service,
    /// and given back when no attempt is left.
    package func send(
        _ request: OutgoingRequest, isRepeatable: Bool
    ) async throws(CallFault) -> IncomingReply {
        var attempt = 1
        while true {
            guard breaker.admits(at: loop.now) else { throw .circuitOpen }
            do {
                let reply = try await caller.send(request)
                guard Upstream.isFailure(reply.status) else {
                    breaker.succeeded()
                    return reply
                }
                breaker.failed(at: loop.now)
                if !isRepeatable || attempt >= repetition.attempts { return reply }
            } catch {
                breaker.failed(at: loop.now)
                let isRepeated = isRepeatable || !error.mayHaveArrived
                if error == .stopped || !isRepeated || attempt >= repetition.attempts {
                    throw error
                }
            }
            await loop.sleep(milliseconds: pause(after: attempt))
            attempt += 1
        }
    }

    private static func isFailure(_ status: Int) -> Bool { status == 429 || status >= 500 }

    /// Anything up to the bound, so that many callers do not come back at the same moment.
    private func pause(after attempt: Int) -> Int {
        let doubled = repetition.firstPauseMilliseconds << min(attempt - 1, 16)
        let bound = max(1, min(doubled, repetition.longestPauseMilliseconds))
        return 1 + Int(random() % UInt64(bound))
    }
}
