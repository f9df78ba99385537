import Electricity
import Postgres
import Synchronization

/// Counts the requests of each client, and those of the public, in windows of a minute; shared by
/// the loops of a process.
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
    /// Requests a minute that all public callers together may send; 0 is no limit.
    private let publicRequestsPerMinute: Int

    /// A limiter that has counted nothing.
    package init(publicRequestsPerMinute: Int = 0) {
        self.publicRequestsPerMinute = publicRequestsPerMinute
    }

    /// Counts one request; nil for a client without a limit.
    func count(_ client: Client, now: Instant) -> Quota? {
        count(client.clientId, limit: client.requestsPerMinute, now: now)
    }

    /// Counts one request that nobody has signed; nil without a limit.
    ///
    /// Public callers share one window: a request does not tell by which connection it came.
    func countPublic(now: Instant) -> Quota? {
        count(RateLimiter.everybody, limit: publicRequestsPerMinute, now: now)
    }

    /// No client has this id: those are UUIDv7.
    private static let everybody = UUID(high: 0, low: 0)

    private func count(_ id: UUID, limit: Int, now: Instant) -> Quota? {
        guard limit > 0 else { return nil }
        let second = now.secondsSince1970
        let start = second - second % RateLimiter.seconds
        let count = windows.withLock { windows in
            var window = windows[id] ?? Window(start: start, count: 0)
            if window.start != start { window = Window(start: start, count: 0) }
            // Bounded, so that a flood does not count on for ever.
            window.count = min(window.count + 1, limit + 1)
            windows[id] = window
            return window.count
        }
        return Quota(
            limit: limit, remaining: max(0, limit - count),
            resetSeconds: Int(start + RateLimiter.seconds - second), isExceeded: count > limit)
    }
}
