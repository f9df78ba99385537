import Dispatch
import Glibc
import HTTP
import HTTPClient
import Reactor
import Synchronization
import Testing

/// A service to be called: a server on a loop of its own, whose answers a closure gives.
final class PeerFixture: @unchecked Sendable {
    let port: UInt16
    private let loop: EventLoop
    private let thread: LoopThread
    private let place: LoopLocal<Server>
    private let log = Mutex<[String]>([])

    /// Requests so far, each as method, path and body.
    var requests: [String] { log.withLock { $0 } }

    init(respond: @escaping @Sendable (Request, EventLoop) async -> Response) async throws {
        let loop = try EventLoop()
        self.loop = loop
        thread = try LoopThread(running: loop)
        let place = LoopLocal<Server>(on: loop)
        self.place = place
        let holder = Mutex<(@Sendable (String) -> Void)?>(nil)
        let application = Closures(loop: loop, respond: respond) { line in
            holder.withLock { $0 }?(line)
        }
        port = try await onLoop(loop) {
            let listener = try ListeningSocket(address: "127.0.0.1", port: 0, sharesPort: false)
            let port = listener.port
            let server = Server(
                loop: loop, listener: listener, deadlines: Deadlines(), application: application,
                wallClock: { 1_796_000_000 })
            try server.start()
            place.value = server
            return port
        }
        holder.withLock { holder in
            holder = { [weak self] line in self?.log.withLock { $0.append(line) } }
        }
    }

    deinit { thread.stopAndJoin() }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    private final class Closures: Application, @unchecked Sendable {
        private let loop: EventLoop
        private let answer: @Sendable (Request, EventLoop) async -> Response
        private let note: @Sendable (String) -> Void

        init(
            loop: EventLoop, respond: @escaping @Sendable (Request, EventLoop) async -> Response,
            note: @escaping @Sendable (String) -> Void
        ) {
            self.loop = loop
            answer = respond
            self.note = note
        }

        func bodyPlan(for request: Request) -> BodyPlan { .buffered(maximumBytes: 1_000_000) }

        func respond(to request: Request) async -> Response {
            let path = String(decoding: request.target.path, as: UTF8.self)
            let body = String(decoding: request.body, as: UTF8.self)
            note("\(request.method?.rawValue ?? "-") \(path) \(body)")
            return await answer(request, loop)
        }

        func refusal(status: Int, of request: Request?, isUnderWay: Bool) -> Response {
            Response(status: status)
        }
    }
}

/// A peer that says exactly these bytes to whoever connects, and closes.
final class RudePeer: Sendable {
    let port: UInt16
    private let descriptor: Int32

    init(saying bytes: [UInt8]) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(number, address, length) == 0 && listen(number, 16) == 0
                    && getsockname(number, address, &length) == 0
            }
        }
        guard bound else { throw SystemError.last("bind") }
        port = UInt16(bigEndian: address.sin_port)
        descriptor = number
        DispatchQueue(label: "rude peer").async {
            while true {
                let client = accept(number, nil, nil)
                guard client >= 0 else { return }
                var scratch = [UInt8](repeating: 0, count: 65_536)
                _ = unsafe read(client, &scratch, scratch.count)
                _ = unsafe write(client, bytes, bytes.count)
                close(client)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var url: String { "http://127.0.0.1:\(port)/" }
}

/// Runs something on a loop and waits for it.
func onLoop<Answer: Sendable>(
    _ loop: EventLoop, _ body: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    let result: Result<Answer, any Error> = await withCheckedContinuation { continuation in
        loop.execute {
            loop.start {
                do {
                    continuation.resume(returning: .success(try await body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }
    return try result.get()
}

/// Runs a test on a loop of its own, with a caller that allows plain text.
func withCaller<Answer: Sendable>(
    _ adjust: @escaping @Sendable (inout HTTPCaller.Bounds) -> Void = { _ in },
    _ body: @escaping @Sendable (HTTPCaller, EventLoop) async throws -> Answer
) async throws -> Answer {
    let loop = try EventLoop()
    let thread = try LoopThread(running: loop)
    defer { thread.stopAndJoin() }
    return try await onLoop(loop) {
        var bounds = HTTPCaller.Bounds()
        bounds.allowsPlainText = true
        adjust(&bounds)
        let caller = HTTPCaller(on: loop, bounds: bounds)
        defer { caller.stop() }
        return try await body(caller, loop)
    }
}

extension HTTPCaller {
    /// The answer or the fault.
    func outcome(of request: OutgoingRequest) async -> Result<IncomingReply, CallFault> {
        do {
            return .success(try await send(request))
        } catch {
            return .failure(error)
        }
    }
}
