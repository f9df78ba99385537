package import Reactor

/// Leaves a failing service alone: after some failures in a row nothing is sent for a while, then
/// one request tries again.
package struct CircuitBreaker {
    /// Failures in a row after which the circuit opens.
    package static let threshold = 5
    /// Milliseconds it stays open the first time; twice as long each time up to the longest.
    package static let firstPauseMilliseconds = 2_000
    /// The longest of these pauses.
    package static let longestPauseMilliseconds = 60_000

    /// What is let through.
    private enum State {
        case closed
        /// Nothing is sent before this moment.
        case open(until: MonotonicInstant)
        /// One request is on its way to find out.
        case trying
    }

    private var state = State.closed
    private var failures = 0
    private var pauseMilliseconds = CircuitBreaker.firstPauseMilliseconds

    /// A closed circuit.
    package init() {}

    /// Whether a request may be sent now; the first one after a pause is the trial.
    package mutating func admits(at now: MonotonicInstant) -> Bool {
        switch state {
        case .closed: return true
        case .trying: return false
        case .open(let end):
            guard end <= now else { return false }
            state = .trying
            return true
        }
    }

    /// The service answered as it should.
    package mutating func succeeded() {
        state = .closed
        failures = 0
        pauseMilliseconds = CircuitBreaker.firstPauseMilliseconds
    }

    /// The service did not answer, or answered that it cannot.
    package mutating func failed(at now: MonotonicInstant) {
        failures += 1
        switch state {
        case .trying:
            pauseMilliseconds = min(
                pauseMilliseconds * 2, CircuitBreaker.longestPauseMilliseconds)
            state = .open(until: now.advanced(byMilliseconds: pauseMilliseconds))
        case .closed where failures >= CircuitBreaker.threshold:
            state = .open(until: now.advanced(byMilliseconds: pauseMilliseconds))
        case .closed, .open:
            break
        }
    }
}
