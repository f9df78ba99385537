import Electricity
import Postgres
import Testing

@testable import CustomerCare

@Suite("Rate limits")
struct RateLimiterTests {
    private static func client(_ id: UInt64, limit: Int) -> Client {
        Client(
            clientId: UUID(high: 0, low: id), keyId: "k", name: "n", scopes: [],
            requestsPerMinute: limit, keys: [])
    }

    @Test("the limit is met exactly, and the next minute begins anew")
    func window() throws {
        let limiter = RateLimiter()
        let client = Self.client(1, limit: 2)
        let start = Instant(secondsSince1970: 1_800_000_000)
        let first = limiter.count(client, now: start.advanced(bySeconds: 15))
        #expect(
            first
                == RateLimiter.Quota(limit: 2, remaining: 1, resetSeconds: 45, isExceeded: false))
        let second = limiter.count(client, now: start.advanced(bySeconds: 59))
        #expect(second?.remaining == 0)
        #expect(second?.isExceeded == false)
        #expect(second?.resetSeconds == 1)
        for _ in 0..<5 {
            let more = limiter.count(client, now: start.advanced(bySeconds: 59))
            #expect(more?.isExceeded == true)
            #expect(more?.remaining == 0)
        }
        let next = limiter.count(client, now: start.advanced(bySeconds: 60))
        #expect(next?.isExceeded == false)
        #expect(next?.remaining == 1)
        #expect(next?.resetSeconds == 60)
    }

    @Test("each client is counted by itself, one without a limit not at all")
    func clients() {
        let limiter = RateLimiter()
        let now = Instant(secondsSince1970: 1_800_000_000)
        #expect(limiter.count(Self.client(1, limit: 1), now: now)?.isExceeded == false)
        #expect(limiter.count(Self.client(1, limit: 1), now: now)?.isExceeded == true)
        #expect(limiter.count(Self.client(2, limit: 1), now: now)?.isExceeded == false)
        #expect(limiter.count(Self.client(3, limit: 0), now: now) == nil)
    }
}

@Suite("The limit of public calls")
struct PublicLimitTests {
    @Test("public calls share one window, which clients are not in")
    func shared() {
        let now = Instant(secondsSince1970: 1_800_000_000)
        let limiter = RateLimiter(publicRequestsPerMinute: 1)
        #expect(limiter.countPublic(now: now)?.isExceeded == false)
        #expect(limiter.countPublic(now: now)?.isExceeded == true)
        let client = Client(
            clientId: UUID(high: 0, low: 1), keyId: "k", name: "n", scopes: [],
            requestsPerMinute: 1, keys: [])
        #expect(limiter.count(client, now: now)?.isExceeded == false)
        #expect(RateLimiter().countPublic(now: now) == nil)
    }
}

@Suite("Nonces of reads")
struct NonceMemoryTests {
    @Test("a nonce is new once for each key")
    func works() {
        var memory = NonceMemory()
        let calls = [("a", "1"), ("a", "1"), ("b", "1"), ("a", "2"), ("a1", ""), ("b", "1")]
        let areNew = calls.map { memory.remember(keyId: $0.0, nonce: $0.1) }
        #expect(areNew == [true, false, true, true, true, false])
    }

    @Test("the newest 65,536 are remembered, older ones forgotten")
    func bounded() {
        var memory = NonceMemory()
        for number in 0...NonceMemory.capacity {
            _ = memory.remember(keyId: "a", nonce: "\(number)")
        }
        // The oldest has made room; remembering it again makes the next one go.
        let nonces = [1, NonceMemory.capacity, 0, 1, 3]
        let areNew = nonces.map { memory.remember(keyId: "a", nonce: "\($0)") }
        #expect(areNew == [false, false, true, true, false])
    }
}
