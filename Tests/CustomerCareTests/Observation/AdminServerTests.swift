import HTTP
import JSON
import Reactor
import Testing

@testable import CustomerCare

@Suite("Admin port")
struct AdminServerTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start = MonotonicInstant(nanoseconds: 1_000 * second)

    private static func later(_ nanoseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: start.nanoseconds + nanoseconds)
    }

    private static func ready(loops: Int = 2) -> Readiness {
        let readiness = Readiness(loopCount: loops, now: start)
        for loop in 0..<loops {
            readiness.set(loop: loop, database: true)
            readiness.set(loop: loop, clients: true)
        }
        return readiness
    }

    private static func answer(
        _ readiness: Readiness, at now: MonotonicInstant, _ path: String,
        method: HTTP.Method? = .get
    ) -> TestAnswer {
        let server = AdminServer(
            readiness: readiness, exposition: { Array("a 1\n".utf8) }, now: { now })
        return TestAnswer(server.answer(method: method, path: Array(path.utf8)))
    }

    @Test("a service is ready when every loop has links, clients and turns")
    func readiness() {
        let readiness = Readiness(loopCount: 2, now: Self.start)
        #expect(readiness.failedChecks(at: Self.start) == ["database", "clients"])
        readiness.set(loop: 0, database: true)
        readiness.set(loop: 0, clients: true)
        readiness.set(loop: 1, clients: true)
        #expect(readiness.failedChecks(at: Self.start) == ["database"])
        readiness.set(loop: 1, database: true)
        #expect(readiness.failedChecks(at: Self.start).isEmpty)
        readiness.set(loop: 0, clients: false)
        #expect(readiness.failedChecks(at: Self.start) == ["clients"])
    }

    @Test("a loop that is silent for two seconds is not ready, for ten not alive")
    func silence() {
        let readiness = Self.ready()
        #expect(readiness.failedChecks(at: Self.later(2 * Self.second)).isEmpty)
        #expect(readiness.failedChecks(at: Self.later(2 * Self.second + 1)) == ["loops"])
        #expect(readiness.silentLoops(at: Self.later(10 * Self.second)).isEmpty)
        #expect(readiness.silentLoops(at: Self.later(10 * Self.second + 1)) == [0, 1])
        readiness.stamp(loop: 0, at: Self.later(9 * Self.second))
        #expect(readiness.silentLoops(at: Self.later(11 * Self.second)) == [1])
    }

    @Test("the probes tell it by status and by name")
    func probes() {
        let readiness = Self.ready()
        let ready = Self.answer(readiness, at: Self.start, "/readyz")
        #expect(ready.status == 200)
        #expect(ready.text == #"{"status":"ready","failedChecks":[]}"#)
        #expect(ready.headers["cache-control"] == "no-store")
        readiness.isStopping = true
        let stopping = Self.answer(readiness, at: Self.start, "/readyz")
        #expect(stopping.status == 503)
        #expect(stopping.text == #"{"status":"unready","failedChecks":["stopping"]}"#)
        let alive = Self.answer(readiness, at: Self.start, "/livez")
        #expect(alive.status == 200)
        #expect(alive.text == #"{"status":"alive","silentLoops":[]}"#)
        let stuck = Self.answer(readiness, at: Self.later(11 * Self.second), "/livez")
        #expect(stuck.status == 503)
        #expect(stuck.text == #"{"status":"stuck","silentLoops":[0,1]}"#)
    }

    @Test("the figures are told as Prometheus text")
    func figures() {
        let answer = Self.answer(Self.ready(), at: Self.start, "/metrics")
        #expect(answer.status == 200)
        #expect(answer.text == "a 1\n")
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    }

    @Test("other paths and methods are refused")
    func refusals() {
        let readiness = Self.ready()
        for path in ["/", "/readyz/", "/READYZ", "/v1/accounts", ""] {
            let answer = Self.answer(readiness, at: Self.start, path)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.headers["content-type"] == "application/problem+json")
        }
        let post = Self.answer(readiness, at: Self.start, "/livez", method: .post)
        #expect(post.status == 405)
        #expect(post.headers["allow"] == "GET, HEAD")
        #expect(Self.answer(readiness, at: Self.start, "/livez", method: .head).status == 200)
        #expect(Self.answer(readiness, at: Self.start, "/livez", method: nil).status == 501)
    }
}
