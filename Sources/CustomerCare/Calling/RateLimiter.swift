import Electricity
import Postgres
import Synchronization

/// Counts the requests of each client in windows of a minute; shared by the loops of a process.
package final class RateLimiter: Sendable {
    /// What is left to a client after a request.
    struct Quota: Sendable, Equatable {
        let limit: Int
        let remaining: Int
        /// Seconds until the window ends.
        let resetSeconds: Int
        let isExceeded: Bool
    }

    /// The minute under way of one client, and its requests so far.
    private struct Window {
        var start: Int64
        var count: Int
    }

    private let windows = Mutex<[UUID: Window]>([:])
    private static let seconds: Int64 = 60

    /// A limiter that has counted nothing.
    package init() {}

    /// Counts one request; nil for a client without a limit.
    func count(_ client: Client, now: Instant) -> Quota? {
        let limit = client.requestsPerMinute
        guard limit > 0 else { return nil }
        let second = now.secondsSince1970
        let start = second - second % RateLimiter.seconds
        let count = windows.withLock { windows in
            var window = windows[client.clientId] ?? Window(start: start, count: 0)
            if window.start != start { window = Window(start: start, count: 0) }
            // Bounded, so that a flood does not count on for ever.
            window.count = min(window.count + 1, limit + 1)
            windows[client.clientId] = window
            return window.count
        }
        return Quota(
            limit: limit, remaining: max(0, limit - count),
            resetSeconds: Int(start + RateLimiter.seconds - second), isExceeded: count > limit)
    }
}
