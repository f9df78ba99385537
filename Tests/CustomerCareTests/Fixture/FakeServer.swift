import HTTP
import Reactor
import Synchronization

/// Somebody else's server on a port of this machine, which answers as a test says.
final class FakeServer: Sendable {
    let port: UInt16
    private let relay: Relay
    private let place: LoopLocal<Server>

    /// Runs a test with a server of its own; one that has no answer lets everybody wait.
    static func run(_ body: (FakeServer) async throws -> Void) async throws {
        let loop = try EventLoop()
        let thread = try LoopThread(running: loop)
        defer { thread.stopAndJoin() }
        try await body(try await FakeServer(on: loop))
    }

    /// Answers by `answer` from now on; nil answers too late for anybody.
    func answer(_ answer: @escaping @Sendable (Request) -> Response?) {
        relay.answer.withLock { $0 = answer }
    }

    private init(on loop: EventLoop) async throws {
        let place = LoopLocal<Server>(on: loop)
        self.place = place
        let relay = Relay(loop: loop)
        self.relay = relay
        port = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    let listener = try ListeningSocket(
                        address: "127.0.0.1", port: 0, sharesPort: false)
                    let port = listener.port
                    let server = Server(
                        loop: loop, listener: listener, deadlines: Deadlines(),
                        application: relay, wallClock: { 1_796_000_000 })
                    try server.start()
                    place.value = server
                    continuation.resume(returning: port)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Hands requests to the test.
    private final class Relay: Application, Sendable {
        let loop: EventLoop
        let answer = Mutex<@Sendable (Request) -> Response?>({ _ in nil })

        init(loop: EventLoop) { self.loop = loop }

        func bodyPlan(for request: Request) -> BodyPlan { .buffered(maximumBytes: 65_536) }

        func respond(to request: Request) async -> Response {
            let answer = answer.withLock { $0 }
            guard let response = answer(request) else {
                await loop.sleep(milliseconds: 10_000)
                return Response(status: 200)
            }
            return response
        }

        func refusal(status: Int, of request: Request?, isUnderWay: Bool) -> Response {
            Response(status: status)
        }
    }
}
