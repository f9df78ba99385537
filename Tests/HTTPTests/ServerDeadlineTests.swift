import Reactor
import Testing

@testable import HTTP

/// What happens when somebody takes too long; the deadlines are tiny, the tests wait on sockets.
struct ServerDeadlineTests {
    private static let huge = [UInt8](repeating: 0x62, count: 16 << 20)

    private func makeServer(
        streams: Bool = false, _ change: (inout Deadlines) -> Void,
        respond: @escaping @Sendable (Request, EventLoop) async -> Response = { request, _ in
            .text(request.pathText)
        }
    ) throws -> ServerFixture {
        var deadlines = Deadlines()
        change(&deadlines)
        return try ServerFixture(
            deadlines: deadlines,
            plan: { _ in
                streams
                    ? .streamed(maximumBytes: Limits.streamedBodyBytes)
                    : .buffered(maximumBytes: Limits.bufferedBodyBytes)
            }, respond: respond)
    }

    @Test("idle: a silent connection is closed without a word")
    func idle() throws {
        let server = try makeServer { $0.idle = 20 }
        let silent = try server.connect()
        #expect(silent.isAtEnd())
        let served = try server.connect()
        served.send(get("/"))
        #expect(served.readAnswer()?.status == 200)
        #expect(served.isAtEnd())
    }

    @Test("idle: a busy connection lives on beyond it")
    func busy() throws {
        let server = try makeServer {
            $0.idle = 40
            $0.header = 30
        }
        let client = try server.connect()
        let end = MonotonicInstant.now.advanced(byMilliseconds: 120)
        while MonotonicInstant.now < end {
            client.send(get("/"))
            try #require(client.readAnswer()?.status == 200)
        }
        #expect(client.isAtEnd())
    }

    @Test("header: an unfinished head is answered with 408, and the connection goes by itself")
    func header() throws {
        let server = try makeServer { $0.header = 20 }
        let client = try server.connect()
        client.send("GET / HTTP/1.1\r\nHo")
        let answer = try #require(client.readAnswer())
        #expect(answer.status == 408)
        #expect(answer.has("Connection: close"))
        #expect(client.isAtEnd())
        // The client does not close: the server must not wait for it for ever.
        #expect(server.waitUntil { $0.statistics.open == 0 })
    }

    @Test("body: an unfinished body is answered with 408 and given back to the budget")
    func body() throws {
        let server = try makeServer { $0.body = 20 }
        let client = try server.connect()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        #expect(server.waitUntil { $0.bufferedBytes == 3 || $0.statistics.refused == 1 })
        #expect(client.readAnswer()?.status == 408)
        #expect(client.isAtEnd())
        #expect(server.look { $0.bufferedBytes } == 0)
    }

    @Test("body: a stream that pauses too long ends with a fault, and the handler still answers")
    func pausedStream() throws {
        let server = try makeServer(streams: true) {
            $0.body = 20
        } respond: { request, _ in
            do throws(BodyFault) {
                while try await request.stream?.next() != nil {}
                return .text("whole")
            } catch {
                return .text("\(error)")
            }
        }
        let client = try server.connect()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        let answer = try #require(client.readAnswer())
        #expect(answer.body == Array("incomplete".utf8))
        #expect(answer.has("Connection: close"))
        #expect(client.isAtEnd())
    }

    @Test("body: a reader slower than the body's deadline is no fault of the client")
    func slowReader() throws {
        let server = try makeServer(streams: true) {
            $0.body = 15
        } respond: { request, loop in
            await loop.sleep(milliseconds: 60)
            var count = 0
            do throws(BodyFault) {
                while let bytes = try await request.stream?.next() { count += bytes.count }
                return .text("\(count)")
            } catch {
                return .text("\(error)")
            }
        }
        let client = try server.connect()
        let size = 4 * Limits.streamWindowBytes
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
        let sent = Outcome<Bool>()
        SocketWriter(client).send(head + String(repeating: "x", count: size), done: sent)
        #expect(client.readAnswer()?.body == Array("\(size)".utf8))
        #expect(sent.wait() == true)
    }

    @Test("request: a reader that takes nothing loses the body, then its turn to answer")
    func hangingReader() throws {
        let server = try makeServer(streams: true) {
            $0.request = 20
        } respond: { request, loop in
            await loop.sleep(milliseconds: 10_000)
            return .text("late")
        }
        let client = try server.connect()
        let size = 2 * Limits.streamWindowBytes
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
        let sent = Outcome<Bool>()
        SocketWriter(client).send(head + String(repeating: "x", count: size), done: sent)
        #expect(client.readAnswer()?.status == 503)
        #expect(client.isAtEnd())
        #expect(sent.wait() != nil)
    }

    @Test("request: a late handler is overtaken by 503, and its answer is dropped")
    func request() throws {
        let late = Outcome<Void>()
        let server = try makeServer {
            $0.request = 20
        } respond: { _, loop in
            await loop.sleep(milliseconds: 60)
            late.set(())
            return .text("late")
        }
        let client = try server.connect()
        client.send(get("/a") + get("/b"))
        let answer = try #require(client.readAnswer())
        #expect(answer.status == 503)
        #expect(answer.has("Connection: close"))
        #expect(late.wait() != nil)
        #expect(client.isAtEnd())
    }

    @Test("request: a handler that never comes back keeps no connection")
    func hangingHandler() throws {
        let server = try makeServer {
            $0.request = 20
        } respond: { _, _ in
            await Promise<Response>().value()
        }
        let client = try server.connect()
        client.send(get("/"))
        #expect(client.readAnswer()?.status == 503)
        #expect(client.isAtEnd())
        client.disconnect()
        #expect(server.waitUntil { $0.statistics.open == 0 })
    }

    @Test("write: a reader that trickles does not renew the deadline")
    func write() throws {
        let server = try makeServer {
            $0.write = 50
        } respond: { _, _ in
            Response(status: 200, body: Self.huge)
        }
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/"))
        var taken = 0
        while client.receive(atMost: 256), server.look({ $0.statistics.open }) == 1 { taken += 256 }
        #expect(taken < Self.huge.count / 2)
        #expect(server.look { $0.statistics.open } == 0)
    }

    @Test("write: the idle deadline does not cut an answer that is on its way")
    func writeLongerThanIdle() throws {
        let server = try makeServer {
            $0.idle = 10
        } respond: { _, _ in
            Response(status: 200, body: Self.huge)
        }
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/"))
        let end = MonotonicInstant.now.advanced(byMilliseconds: 40)
        while MonotonicInstant.now < end { #expect(client.receive(atMost: 512)) }
        #expect(client.readAnswer()?.body.count == Self.huge.count)
        #expect(client.isAtEnd())
    }
}
