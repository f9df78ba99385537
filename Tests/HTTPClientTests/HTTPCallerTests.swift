import HTTP
import HTTPClient
import Reactor
import Testing

@Suite("Calls to other services")
struct HTTPCallerTests {
    @Test("a POST arrives with its fields and content, and the whole answer comes back")
    func post() async throws {
        let peer = try await PeerFixture { request, _ in
            let type = request.fields.only("content-type").map {
                String(decoding: $0, as: UTF8.self)
            }
            let expects = request.fields.count(of: "expect")
            return Response(
                status: 201, body: Array("\(type ?? "-") \(expects)".utf8) + request.body)
        }
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 20_000)
        let url = peer.url("/v2/create")
        let reply = try await withCaller { caller, _ in
            try await caller.send(.post(url, json: body))
        }
        #expect(reply.status == 201)
        #expect(reply.body == Array("application/json 0".utf8) + body)
    }

    @Test("many requests run at once on one loop, and connections are used again")
    func manyAtOnce() async throws {
        let peer = try await PeerFixture { request, _ in
            Response(status: 200, body: request.target.path)
        }
        let urls = (0..<50).map { peer.url("/\($0)") }
        let replies = try await withCaller { caller, _ in
            var replies: [[UInt8]] = []
            for round in 0..<4 {
                let part = urls[(round * 12)..<(round * 12 + 12)]
                async let first = caller.send(.get(part[part.startIndex]))
                async let second = caller.send(.get(part[part.startIndex + 1]))
                replies.append(try await first.body)
                replies.append(try await second.body)
            }
            #expect(caller.count == 0)
            return replies
        }
        #expect(replies.count == 8)
        #expect(replies[0] == Array("/0".utf8) && replies[7] == Array("/37".utf8))
    }

    @Test("an answer that is late ends in a timeout, and may have arrived")
    func slow() async throws {
        let peer = try await PeerFixture { _, loop in
            await loop.sleep(milliseconds: 5_000)
            return Response(status: 200)
        }
        let url = peer.url("/")
        let outcome = try await withCaller {
            $0.totalMilliseconds = 200
        } _: { caller, _ in
            await caller.outcome(of: .get(url))
        }
        #expect(outcome == .failure(.timedOut))
        #expect(CallFault.timedOut.mayHaveArrived)
    }

    @Test("nobody listening, a wrong scheme and plain text are known not to have been sent")
    func notSent() async throws {
        let port = try ListeningSocket(address: "127.0.0.1", port: 0, sharesPort: false).port
        for (url, plain) in [
            ("http://127.0.0.1:\(port)/", true), ("ftp://127.0.0.1/", true), ("nonsense://", true),
            ("http://127.0.0.1:\(port)/", false), ("https://127.0.0.1:\(port)/", true),
        ] {
            let outcome = try await withCaller {
                $0.allowsPlainText = plain
            } _: { caller, _ in
                await caller.outcome(of: .get(url))
            }
            guard case .failure(let fault) = outcome else {
                Issue.record("\(url) answered")
                continue
            }
            #expect(!fault.mayHaveArrived, "\(url): \(fault)")
            #expect(!fault.description.contains("127.0.0.1"))
        }
    }

    @Test("an answer broken off, and one that is no HTTP, are told from one that was not sent")
    func broken() async throws {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", "", "HTTP/1.1 200",
        ] {
            let peer = try RudePeer(saying: Array(text.utf8))
            let url = peer.url
            let outcome = try await withCaller { caller, _ in
                await caller.outcome(of: .post(url, json: Array("{}".utf8)))
            }
            guard case .failure(.broken) = outcome else {
                Issue.record("\(text): \(outcome)")
                continue
            }
        }
    }

    @Test("an answer longer than allowed is not kept")
    func tooLarge() async throws {
        let peer = try await PeerFixture { _, _ in
            Response(status: 200, body: [UInt8](repeating: 1, count: 100_000))
        }
        let url = peer.url("/")
        let outcome = try await withCaller {
            $0.replyBytes = 99_999
        } _: { caller, _ in
            await caller.outcome(of: .get(url))
        }
        #expect(outcome == .failure(.tooLarge))
    }

    @Test("a redirection is an answer, not followed")
    func redirection() async throws {
        let peer = try await PeerFixture { _, _ in
            var response = Response(status: 302)
            response.add("Location", "http://127.0.0.1:1/")
            return response
        }
        let url = peer.url("/")
        let reply = try await withCaller { caller, _ in try await caller.send(.get(url)) }
        #expect(reply.status == 302)
    }

    @Test("a stop ends what is under way at once")
    func stop() async throws {
        let peer = try await PeerFixture { _, loop in
            await loop.sleep(milliseconds: 60_000)
            return Response(status: 200)
        }
        let url = peer.url("/")
        let outcome = try await withCaller { caller, loop in
            async let outcome = caller.outcome(of: .get(url))
            while caller.count == 0 { await loop.sleep(milliseconds: 1) }
            caller.stop()
            let after = await caller.outcome(of: .get(url))
            #expect(after == .failure(.stopped))
            return await outcome
        }
        #expect(outcome == .failure(.stopped))
    }
}
