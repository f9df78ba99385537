import Glibc
import Reactor
import Testing

@testable import HTTP

/// Bodies, held in memory or streamed, and the budget for them.
struct ServerBodyTests {
    private func makeBuffering(maximumBytes: Int = 1_000) throws -> ServerFixture {
        try ServerFixture(plan: { _ in .buffered(maximumBytes: maximumBytes) }) { request, _ in
            Response(status: 200, body: request.body)
        }
    }

    /// Counts the bytes of the stream and remembers the largest piece.
    private func makeStreaming(maximumBytes: Int = Limits.streamedBodyBytes) throws
        -> ServerFixture
    {
        try ServerFixture(plan: { _ in .streamed(maximumBytes: maximumBytes) }) { request, loop in
            var count = 0
            var largest = 0
            do throws(BodyFault) {
                while let bytes = try await request.stream?.next() {
                    count += bytes.count
                    largest = max(largest, bytes.count)
                    await loop.sleep(milliseconds: 1)
                }
                return .text("\(count) \(largest <= Limits.streamWindowBytes)")
            } catch {
                return .text("\(error)")
            }
        }
    }

    private func post(_ fields: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n"
    }

    @Test("fixed and chunked bodies reach the handler whole, one after the other")
    func buffered() throws {
        let server = try makeBuffering()
        let client = try server.connect()
        client.send(
            post("Content-Length: 3") + "abc"
                + post("Transfer-Encoding: chunked") + "2\r\nde\r\n1;x=y\r\nf\r\n0\r\nT: 1\r\n\r\n"
                + post("Content-Length: 0") + get("/"))
        for body in ["abc", "def", "", ""] {
            #expect(client.readAnswer()?.body == Array(body.utf8))
        }
        #expect(server.look { $0.bufferedBytes } == 0)
    }

    @Test("413 comes from the head alone, and from a chunk size alone")
    func tooLarge() throws {
        let server = try makeBuffering()
        for request in [
            post("Content-Length: 1001"), post("Content-Length: 99999999999999999999"),
            post("Content-Length: 1001\r\nExpect: 100-continue"),
            post("Transfer-Encoding: chunked") + "3e9\r\n",
        ] {
            let client = try server.connect()
            client.send(request)
            let answer = try #require(client.readAnswer())
            #expect(answer.status == 413)
            #expect(answer.has("Connection: close"))
            #expect(client.isAtEnd())
        }
    }

    @Test("100 Continue invites a body that will be taken")
    func expectation() throws {
        let server = try makeBuffering()
        let client = try server.connect()
        client.send(post("Content-Length: 3\r\nExpect: 100-continue"))
        #expect(client.readAnswer()?.status == 100)
        client.send("abc")
        #expect(client.readAnswer()?.body == Array("abc".utf8))
    }

    @Test("the budget gets its bytes back however a body ends")
    func budget() throws {
        let server = try makeBuffering()
        let partial = post("Content-Length: 100") + "0123456789"
        let finishing = try server.connect()
        finishing.send(partial)
        let resetting = try server.connect()
        resetting.send(partial)
        let closing = try server.connect()
        closing.send(partial)
        let breaking = try server.connect()
        breaking.send(post("Transfer-Encoding: chunked") + "a\r\n0123456789\r\n")
        #expect(server.waitUntil { $0.bufferedBytes == 40 })
        resetting.reset()
        #expect(server.waitUntil { $0.bufferedBytes == 30 })
        closing.disconnect()
        #expect(server.waitUntil { $0.bufferedBytes == 20 })
        breaking.send("nonsense\r\n")
        #expect(breaking.readAnswer()?.status == 400)
        #expect(server.waitUntil { $0.bufferedBytes == 10 })
        finishing.send([UInt8](repeating: 0x61, count: 90))
        #expect(finishing.readAnswer()?.body.count == 100)
        #expect(server.look { $0.bufferedBytes } == 0)
    }

    @Test("a body beyond the loop's budget is refused with 503, the others go on")
    func budgetExceeded() throws {
        let size = Limits.bufferedBodyBytesPerLoop / 4 * 3
        let server = try makeBuffering(maximumBytes: size)
        let body = [UInt8](repeating: 0x61, count: size)
        let first = try server.connect()
        first.send(Array(post("Content-Length: \(size)").utf8) + body.dropLast())
        #expect(server.waitUntil { $0.bufferedBytes == size - 1 })
        let second = try server.connect()
        second.send(Array(post("Content-Length: \(size)").utf8) + body)
        #expect(second.readAnswer()?.status == 503)
        #expect(server.waitUntil { $0.bufferedBytes == size - 1 })
        first.send("b")
        #expect(first.readAnswer()?.body.count == size)
        #expect(server.look { $0.bufferedBytes } == 0)
    }

    @Test("a streamed body of 8 MiB passes a slow reader through a window of bounded size")
    func streamed() throws {
        let server = try makeStreaming()
        let client = try server.connect()
        let size = 8 << 20
        let sent = Outcome<Bool>()
        let body = String(repeating: "x", count: size)
        SocketWriter(client).send(
            post("Content-Length: \(size)") + body + get("/next"), done: sent)
        #expect(client.readAnswer()?.body == Array("\(size) true".utf8))
        #expect(client.readAnswer()?.body == Array("0 true".utf8))
        #expect(sent.wait() == true)
    }

    @Test("a chunked stream passes, and the request behind it is answered")
    func streamedChunks() throws {
        let server = try makeStreaming()
        let client = try server.connect()
        let chunk = "10000\r\n" + String(repeating: "y", count: 65_536) + "\r\n"
        let sent = Outcome<Bool>()
        let body = [String](repeating: chunk, count: 20).joined() + "0\r\n\r\n"
        SocketWriter(client).send(
            post("Transfer-Encoding: chunked") + body + get("/next"), done: sent)
        #expect(client.readAnswer()?.body == Array("\(20 * 65_536) true".utf8))
        #expect(client.readAnswer()?.body == Array("0 true".utf8))
        #expect(sent.wait() == true)
    }

    @Test("a handler that does not read answers at once, and the connection closes in peace")
    func unreadStream() throws {
        let server = try ServerFixture(plan: { _ in .streamed(maximumBytes: 1 << 30) }) { _, _ in
            .text("no, thank you")
        }
        let client = try server.connect()
        let size = 2 << 20
        let sent = Outcome<Bool>()
        let body = String(repeating: "x", count: size)
        SocketWriter(client).send(
            post("Content-Length: \(size)") + body + get("/hidden"), done: sent)
        #expect(sent.wait() == true)
        let answer = try #require(client.readAnswer())
        #expect(answer.body == Array("no, thank you".utf8))
        #expect(answer.has("Connection: close"))
        #expect(client.isAtEnd())
    }

    @Test("a handler learns that the rest of its stream will not come")
    func brokenStream() throws {
        let server = try makeStreaming(maximumBytes: 100)
        let halved = try server.connect()
        halved.send(post("Content-Length: 100") + "abc")
        halved.finishSending()
        #expect(halved.readAnswer()?.body == Array("incomplete".utf8))
        #expect(halved.isAtEnd())
        for (chunk, status) in [("x\r\n", 400), ("65\r\n", 413)] {
            let client = try server.connect()
            client.send(post("Transfer-Encoding: chunked") + "3\r\nabc\r\n" + chunk)
            #expect(client.readAnswer()?.status == status)
            #expect(client.isAtEnd())
        }
    }

    @Test("peer reset: a stream whose client has gone fails its reader")
    func resetStream() throws {
        let arrived = Outcome<Void>()
        let failed = Outcome<String>()
        let server = try ServerFixture(plan: { _ in .streamed(maximumBytes: 100) }) { request, _ in
            arrived.set(())
            do throws(BodyFault) {
                while try await request.stream?.next() != nil {}
                failed.set("whole")
            } catch {
                failed.set("\(error)")
            }
            return .text("")
        }
        let client = try server.connect()
        client.send(post("Content-Length: 100") + "abc")
        #expect(arrived.wait() != nil)
        client.reset()
        #expect(failed.wait() == "incomplete")
        #expect(server.waitUntil { $0.statistics.open == 0 })
    }
}
