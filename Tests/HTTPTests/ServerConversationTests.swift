import Glibc
import Reactor
import Testing

@testable import HTTP

/// What a client sees over a real socket.
struct ServerConversationTests {
    private static let large = [UInt8](repeating: 0x61, count: 4 << 20)

    /// Answers with the path; `/large` with 4 MiB, `/slow…` after a moment.
    private static func respond(to request: Request, on loop: EventLoop) async -> Response {
        if request.pathText == "/large" { return Response(status: 200, body: large) }
        if request.pathText.hasPrefix("/slow") { await loop.sleep(milliseconds: 2) }
        return .text(request.pathText)
    }

    private func makeServer() throws -> ServerFixture {
        try ServerFixture { await Self.respond(to: $0, on: $1) }
    }

    @Test("a connection serves one request after the other until the client says close")
    func keepAlive() throws {
        let server = try makeServer()
        let client = try server.connect()
        for path in ["/1", "/2", "/slow3"] {
            client.send(get(path))
            let answer = try #require(client.readAnswer())
            #expect(answer.status == 200)
            #expect(answer.body == Array(path.utf8))
            #expect(answer.has("Date: Sun, 06 Nov 1994 08:49:37 GMT"))
            #expect(!answer.has("Connection: close"))
        }
        client.send(get("/4", close: true))
        #expect(client.readAnswer()?.has("Connection: close") == true)
        #expect(client.isAtEnd())
        client.disconnect()
        #expect(server.waitUntil { $0.statistics.open == 0 })
    }

    @Test("pipelined requests are answered in order, whichever handler takes longer")
    func pipelining() throws {
        let server = try makeServer()
        let client = try server.connect()
        let paths = (0..<300).map { $0 % 7 == 0 ? "/slow\($0)" : "/\($0)" }
        client.send(paths.map { get($0) }.joined())
        for path in paths { #expect(client.readAnswer()?.body == Array(path.utf8)) }
    }

    @Test("a flood of pipelined requests is taken in only as fast as it is answered")
    func pipelineFlood() throws {
        let server = try makeServer()
        let client = try server.connect()
        let port = server.port
        let request = get("/")
        let count = 20_000
        let sent = Outcome<Bool>()
        // Another connection gets its answer in the middle of the flood.
        let flood = [String](repeating: request, count: count).joined()
        let writer = SocketWriter(client)
        writer.send(flood, done: sent)
        let bystander = try SocketClient(port: port)
        bystander.send(get("/bystander"))
        #expect(bystander.readAnswer()?.status == 200)
        for _ in 0..<count {
            guard client.readAnswer()?.status == 200 else {
                Issue.record("an answer is missing")
                break
            }
        }
        #expect(sent.wait() == true)
    }

    @Test("nothing behind a request that says close is answered")
    func nothingAfterClose() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(get("/last", close: true) + get("/hidden"))
        #expect(client.readAnswer()?.body == Array("/last".utf8))
        #expect(client.isAtEnd())
    }

    @Test("partial write: a slow reader gets all 4 MiB, and what it asked for next")
    func partialWrite() throws {
        let server = try makeServer()
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/large") + get("/next"))
        let answer = try #require(client.readAnswer())
        #expect(answer.body == Self.large)
        #expect(client.readAnswer()?.body == Array("/next".utf8))
    }

    @Test("EAGAIN: while one reader does not take its answer, others are served")
    func wouldBlock() throws {
        let server = try makeServer()
        let stalled = try server.connect(receiveBufferBytes: 4_096)
        stalled.send(get("/large"))
        #expect(stalled.receive(atMost: 1))
        for _ in 0..<3 {
            let other = try server.connect()
            other.send(get("/other"))
            #expect(other.readAnswer()?.body == Array("/other".utf8))
        }
        #expect(stalled.readAnswer()?.body == Self.large)
    }

    @Test("EINTR: signals on the loop's thread do not break an answer")
    func interrupted() throws {
        let server = try makeServer()
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGURG, &action, nil)
        let thread = try #require(server.look { _ in pthread_self() })
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/large"))
        for _ in 0..<500 {
            pthread_kill(thread, SIGURG)
            client.receive(atMost: 2_048)
        }
        #expect(client.readAnswer()?.body == Self.large)
    }

    @Test("peer reset: a client that goes in the middle of a handler leaves nothing behind")
    func peerReset() throws {
        let arrived = Outcome<Void>()
        let server = try ServerFixture { request, loop in
            if request.pathText == "/wait" {
                arrived.set(())
                await loop.sleep(milliseconds: 20)
            }
            return .text("late")
        }
        let client = try server.connect()
        client.send(get("/wait"))
        #expect(arrived.wait() != nil)
        client.reset()
        #expect(server.waitUntil { $0.statistics.open == 0 })
        let next = try server.connect()
        next.send(get("/"))
        #expect(next.readAnswer()?.status == 200)
    }

    @Test("peer reset: a client that goes while its answer is on the way is forgotten")
    func peerResetWhileWriting() throws {
        let server = try makeServer()
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/large"))
        #expect(client.receive(atMost: 1))
        client.reset()
        #expect(server.waitUntil { $0.statistics.open == 0 })
    }

    @Test("half-close: what was asked before it is answered", arguments: ["/quick", "/slow"])
    func halfClose(path: String) throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send(get(path) + get(path))
        client.finishSending()
        #expect(client.readAnswer()?.body == Array(path.utf8))
        #expect(client.readAnswer()?.body == Array(path.utf8))
        #expect(client.isAtEnd())
        #expect(server.waitUntil { $0.statistics.open == 0 })
    }

    @Test("half-close: large answers to a pipeline arrive whole and all of them")
    func halfCloseLarge() throws {
        let server = try makeServer()
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/large") + get("/large") + get("/slow") + get("/large"))
        client.finishSending()
        #expect(client.readAnswer()?.body == Self.large)
        #expect(client.readAnswer()?.body == Self.large)
        #expect(client.readAnswer()?.body == Array("/slow".utf8))
        #expect(client.readAnswer()?.body == Self.large)
        #expect(client.isAtEnd())
    }

    @Test("half-close: before any request it just ends, inside one it is answered with 400")
    func halfCloseInside() throws {
        let server = try makeServer()
        let silent = try server.connect()
        silent.finishSending()
        #expect(silent.isAtEnd())
        for part in ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"] {
            let client = try server.connect()
            client.send(part)
            client.finishSending()
            #expect(client.readAnswer()?.status == 400)
            #expect(client.isAtEnd())
        }
        #expect(server.waitUntil { $0.bufferedBytes == 0 && $0.statistics.open == 0 })
    }

    @Test("HEAD has the length and not the content, also when it is refused")
    func head() throws {
        let server = try makeServer()
        let client = try server.connect()
        client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"))
        let answer = try #require(client.readAnswer(toHead: true))
        #expect(answer.has("Content-Length: 4"))
        #expect(client.readAnswer()?.body == Array("/next".utf8))
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")
        let refused = try #require(client.readAnswer(toHead: true))
        #expect(refused.status == 413)
        #expect(refused.has("Content-Length: 7"))
        #expect(client.isAtEnd())
    }

    @Test("an invalid request is answered before the connection closes")
    func invalid() throws {
        let server = try makeServer()
        for (request, status) in [
            ("NONSENSE\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\n\r\n", 400), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ] {
            let client = try server.connect()
            client.send(request + get("/hidden"))
            #expect(client.readAnswer()?.status == status)
            #expect(client.isAtEnd())
        }
    }
}
