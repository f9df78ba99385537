import Dispatch
import Reactor
import Synchronization

@testable import HTTP

/// A server on a loop of its own and on a port that the kernel has chosen.
final class ServerFixture {
    let loop: EventLoop
    let port: UInt16
    private let thread: LoopThread
    private let shelf: Shelf

    /// Starts a server whose application is made of closures, which run on its loop.
    init(
        deadlines: Deadlines = Patience.deadlines,
        plan: @escaping @Sendable (Request) -> BodyPlan = { _ in
            .buffered(maximumBytes: Limits.bufferedBodyBytes)
        },
        respond: @escaping @Sendable (Request, EventLoop) async -> Response
    ) throws {
        let loop = try EventLoop()
        let shelf = Shelf()
        let started = Outcome<UInt16>()
        thread = try LoopThread(running: loop)
        loop.execute {
            do {
                let listener = try ListeningSocket(
                    address: "127.0.0.1", port: 0, sharesPort: false)
                let port = listener.port
                let application = ClosureApplication(loop: loop, plan: plan, respond: respond)
                let server = Server(
                    loop: loop, listener: listener, deadlines: deadlines,
                    application: application, wallClock: { 784_111_777 })
                try server.start()
                shelf.server = server
                started.set(port)
            } catch {
                started.set(0)
            }
        }
        self.loop = loop
        self.shelf = shelf
        port = started.wait() ?? 0
    }

    deinit { thread.stopAndJoin() }

    func connect(receiveBufferBytes: Int32? = nil) throws -> SocketClient {
        try SocketClient(port: port, receiveBufferBytes: receiveBufferBytes)
    }

    /// Looks at the server from its own loop.
    func look<Value: Sendable>(_ body: @escaping @Sendable (Server) -> Value) -> Value? {
        let outcome = Outcome<Value?>()
        loop.execute { [shelf] in outcome.set(shelf.server.map(body)) }
        return outcome.wait() ?? nil
    }

    /// Goes round the loop until something is so; false when it does not become so.
    func waitUntil(_ condition: @escaping @Sendable (Server) -> Bool) -> Bool {
        let limit = MonotonicInstant.now.advanced(byMilliseconds: Patience.seconds * 1_000)
        while MonotonicInstant.now < limit {
            if look(condition) == true { return true }
        }
        return false
    }

    /// Begins a graceful stop; the outcome comes when it is complete.
    func stop(graceMilliseconds: Int) -> Outcome<Void> {
        let outcome = Outcome<Void>()
        loop.execute { [shelf, loop] in
            loop.start {
                await shelf.server?.stop(graceMilliseconds: graceMilliseconds)
                outcome.set(())
            }
        }
        return outcome
    }
}

/// Where the loop keeps its server; touched on the loop only.
private final class Shelf: @unchecked Sendable {
    var server: Server?
}

/// An application made of closures.
private final class ClosureApplication: Application {
    private let loop: EventLoop
    private let plan: @Sendable (Request) -> BodyPlan
    private let respond: @Sendable (Request, EventLoop) async -> Response

    init(
        loop: EventLoop, plan: @escaping @Sendable (Request) -> BodyPlan,
        respond: @escaping @Sendable (Request, EventLoop) async -> Response
    ) {
        self.loop = loop
        self.plan = plan
        self.respond = respond
    }

    func bodyPlan(for request: Request) -> BodyPlan { plan(request) }
    func respond(to request: Request) async -> Response { await respond(request, loop) }
    func refusal(status: Int, of request: Request?, isUnderWay: Bool) -> Response {
        Response(status: status, body: Array("refused".utf8))
    }
}

/// A value that another thread will give.
final class Outcome<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isSet = DispatchSemaphore(value: 0)

    func set(_ value: Value) {
        self.value.withLock { $0 = value }
        isSet.signal()
    }

    /// Waits for the value; nil when it has not come in a time that no test needs.
    func wait() -> Value? {
        let limit = DispatchTime.now() + .seconds(Patience.seconds)
        guard isSet.wait(timeout: limit) == .success else { return nil }
        return value.withLock { $0 }
    }
}

extension Response {
    /// 200 with a text.
    static func text(_ text: String) -> Response {
        Response(status: 200, body: Array(text.utf8))
    }
}

extension Request {
    /// The path as text, for tests that name requests by it.
    var pathText: String { String(decoding: target.path, as: UTF8.self) }
}

/// A request without a body.
func get(_ path: String, close: Bool = false) -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(close ? "Connection: close\r\n" : "")\r\n"
}
