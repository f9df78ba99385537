import Glibc
import Reactor
import Testing

@testable import HTTP

/// Going down without dropping what has been promised.
struct ServerStopTests {
    @Test("idle connections are closed, the listener is gone, and stop returns")
    func idle() throws {
        let server = try ServerFixture { _, _ in .text("") }
        let fresh = try server.connect()
        let used = try server.connect()
        used.send(get("/"))
        #expect(used.readAnswer()?.status == 200)
        #expect(server.waitUntil { $0.statistics.open == 2 })
        #expect(server.stop(graceMilliseconds: 5_000).wait() != nil)
        #expect(fresh.isAtEnd())
        #expect(used.isAtEnd())
        #expect(throws: SystemError(call: "connect", number: ECONNREFUSED)) {
            try server.connect()
        }
        // A second stop has nothing to do and must not wait for the first one's end.
        #expect(server.stop(graceMilliseconds: 5_000).wait() != nil)
    }

    @Test("a running request finishes with Connection: close")
    func running() throws {
        let arrived = Outcome<Void>()
        let server = try ServerFixture { _, loop in
            arrived.set(())
            await loop.sleep(milliseconds: 20)
            return .text("done")
        }
        let client = try server.connect()
        client.send(get("/a") + get("/b"))
        #expect(arrived.wait() != nil)
        let stopped = server.stop(graceMilliseconds: 5_000)
        let answer = try #require(client.readAnswer())
        #expect(answer.body == Array("done".utf8))
        #expect(answer.has("Connection: close"))
        #expect(client.isAtEnd())
        client.disconnect()
        #expect(stopped.wait() != nil)
        #expect(server.look { $0.statistics.open } == 0)
    }

    @Test("a request of which only a part has come is still answered")
    func partialHead() throws {
        let server = try ServerFixture { _, _ in .text("done") }
        let client = try server.connect()
        client.send(get("/first") + "GET / HTTP/1.1\r\nHo")
        #expect(client.readAnswer()?.status == 200)
        let stopped = server.stop(graceMilliseconds: 5_000)
        #expect(server.waitUntil { $0.isStopping })
        client.send("st: a\r\n\r\n")
        #expect(client.readAnswer()?.has("Connection: close") == true)
        #expect(client.isAtEnd())
        client.disconnect()
        #expect(stopped.wait() != nil)
    }

    @Test("an answer that is on its way arrives whole, then the connection closes")
    func blockedAnswer() throws {
        let size = 16 << 20
        let server = try ServerFixture { _, _ in
            Response(status: 200, body: [UInt8](repeating: 0x63, count: size))
        }
        let client = try server.connect(receiveBufferBytes: 4_096)
        client.send(get("/"))
        #expect(client.receive(atMost: 1))
        let stopped = server.stop(graceMilliseconds: 5_000)
        #expect(client.readAnswer()?.body.count == size)
        #expect(client.isAtEnd())
        client.disconnect()
        #expect(stopped.wait() != nil)
    }

    @Test("when the grace time is over, what still runs is cut off")
    func graceOver() throws {
        let arrived = Outcome<Void>()
        let server = try ServerFixture { _, _ in
            arrived.set(())
            return await Promise<Response>().value()
        }
        let client = try server.connect()
        client.send(get("/"))
        #expect(arrived.wait() != nil)
        #expect(server.stop(graceMilliseconds: 10).wait() != nil)
        #expect(client.isAtEnd())
        #expect(server.look { $0.statistics.open } == 0)
    }

    @Test("a port that somebody listens on is an error, unless both share it")
    func busyPort() throws {
        let server = try ServerFixture { _, _ in .text("") }
        #expect(throws: SystemError.self) {
            _ = try ListeningSocket(address: "127.0.0.1", port: server.port, sharesPort: false)
        }
        let first = try ListeningSocket(address: "127.0.0.1", port: 0, sharesPort: true)
        let second = try ListeningSocket(address: "127.0.0.1", port: first.port, sharesPort: true)
        #expect(second.port == first.port)
        #expect(throws: SystemError(call: "inet_pton", number: EINVAL)) {
            _ = try ListeningSocket(address: "localhost", port: 0, sharesPort: false)
        }
    }

    @Test("EMFILE: the listener rests and accepts again when there are descriptors")
    func descriptorsExhausted() async {
        // In a process of its own, because the limit is the whole process's.
        await #expect(processExitsWith: .success) {
            let server = try ServerFixture { _, _ in .text("") }
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let plenty = limit.rlim_cur
            // The next descriptor is the client's; the server finds none behind it.
            let probe = dup(0)
            close(probe)
            limit.rlim_cur = rlim_t(probe + 1)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let client = try server.connect()
            client.send(get("/"))
            #expect(server.waitUntil { $0.statistics.acceptPauses > 0 })
            #expect(server.look { $0.statistics.open } == 0)
            limit.rlim_cur = plenty
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            #expect(client.readAnswer()?.status == 200)
        }
    }
}
