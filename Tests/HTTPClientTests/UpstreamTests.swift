import HTTP
import HTTPClient
import Reactor
import Synchronization
import Testing

@Suite("Repetitions and the circuit breaker")
struct UpstreamTests {
    private static func quick() -> Upstream.Repetition {
        var repetition = Upstream.Repetition()
        repetition.firstPauseMilliseconds = 2
        repetition.longestPauseMilliseconds = 4
        return repetition
    }

    @Test("a question is repeated until it is answered, at most as often as allowed")
    func repeated() async throws {
        let count = Atomic<Int>(0)
        let peer = try await PeerFixture { _, _ in
            let number = count.add(1, ordering: .relaxed).newValue
            return Response(status: number < 3 ? 503 : 200)
        }
        let url = peer.url("/query")
        let statuses = try await withCaller { caller, loop in
            let upstream = Upstream(caller, on: loop, repetition: Self.quick(), random: { 1 })
            let first = try await upstream.send(.get(url), isRepeatable: true)
            let second = try await upstream.send(.get(url), isRepeatable: true)
            return [first.status, second.status]
        }
        #expect(statuses == [200, 200])
        #expect(peer.requests.count == 4)
    }

    @Test("what moves money is sent once when it may have arrived")
    func sentOnce() async throws {
        let peer = try await PeerFixture { _, _ in Response(status: 500) }
        let url = peer.url("/create")
        let status = try await withCaller { caller, loop in
            let upstream = Upstream(caller, on: loop, repetition: Self.quick(), random: { 1 })
            return try await upstream.send(.post(url, json: []), isRepeatable: false).status
        }
        #expect(status == 500)
        #expect(peer.requests.count == 1)
    }

    @Test("what never left is sent again even when it moves money")
    func unsentIsRepeated() async throws {
        let port = try ListeningSocket(address: "127.0.0.1", port: 0, sharesPort: false).port
        let fault = try await withCaller { caller, loop in
            let drawn = Mutex(0)
            let upstream = Upstream(caller, on: loop, repetition: Self.quick()) {
                drawn.withLock { $0 += 1 }
                return 1
            }
            do throws(CallFault) {
                _ = try await upstream.send(
                    .post("http://127.0.0.1:\(port)/", json: []), isRepeatable: false)
                return "answered"
            } catch {
                // One pause is drawn between two attempts.
                return "\(error.mayHaveArrived) \(drawn.withLock { $0 })"
            }
        }
        #expect(fault == "false 2")
    }

    @Test("a service that fails again and again is left alone, then tried by one request")
    func circuit() throws {
        var breaker = CircuitBreaker()
        var now = MonotonicInstant(nanoseconds: 1)
        func admits(milliseconds: Int = 0) -> Bool {
            breaker.admits(at: now.advanced(byMilliseconds: milliseconds))
        }
        for _ in 1..<CircuitBreaker.threshold {
            breaker.failed(at: now)
            #expect(admits())
        }
        breaker.failed(at: now)
        #expect(!admits())
        var pause = CircuitBreaker.firstPauseMilliseconds
        for _ in 0..<10 {
            #expect(!admits(milliseconds: pause - 1))
            now = now.advanced(byMilliseconds: pause)
            #expect(admits())
            #expect(!admits(), "a second request beside the trial")
            breaker.failed(at: now)
            pause = min(pause * 2, CircuitBreaker.longestPauseMilliseconds)
        }
        now = now.advanced(byMilliseconds: pause)
        #expect(admits())
        breaker.succeeded()
        #expect(admits() && admits())
        breaker.failed(at: now)
        #expect(admits(), "one failure after a success opens nothing")
    }

    @Test("an open circuit answers at once and sends nothing")
    func openCircuit() async throws {
        let peer = try await PeerFixture { _, _ in Response(status: 500) }
        let url = peer.url("/")
        let fault: CallFault? = try await withCaller { caller, loop in
            let upstream = Upstream(caller, on: loop, repetition: Self.quick(), random: { 1 })
            for _ in 0..<CircuitBreaker.threshold {
                _ = try await upstream.send(.get(url), isRepeatable: false)
            }
            do throws(CallFault) {
                _ = try await upstream.send(.get(url), isRepeatable: false)
                return nil
            } catch {
                return error
            }
        }
        #expect(fault == .circuitOpen)
        #expect(peer.requests.count == CircuitBreaker.threshold)
    }
}
