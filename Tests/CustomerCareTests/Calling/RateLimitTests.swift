import Electricity
import JSON
import Testing

@testable import CustomerCare

/// How many requests a client may make in a minute.
@Suite("RateLimit")
struct RateLimitTests {
    @Test("a client is told what is left, and to wait when nothing is")
    func limited() async throws {
        try await TestService.run(at: "2026-11-25T10:00:20") { service in
            let account = try await service.newAccount()
            let client = try await service.database.newClient(requestsPerMinute: 3)
            try await service.reloadClients()
            for remaining in [2, 1, 0] {
                let answer = try await service.call(as: client, "GET", account)
                #expect(answer.status == 200)
                #expect(answer.headers["ratelimit-policy"] == #""default";q=3;w=60"#)
                #expect(answer.headers["ratelimit"] == #""default";r=\#(remaining);t=40"#)
                #expect(answer.headers["retry-after"] == nil)
            }
            service.clock.advance(seconds: 15)
            let refused = try await service.call(as: client, "GET", account)
            #expect(refused.problem == "429 rate_limited")
            #expect(refused.headers["retry-after"] == "25")
            #expect(refused.headers["ratelimit-policy"] == #""default";q=3;w=60"#)
            #expect(refused.headers["ratelimit"] == #""default";r=0;t=25"#)
            service.clock.advance(seconds: 24)
            let early = try await service.call(as: client, "GET", account)
            #expect(early.problem == "429 rate_limited")
            #expect(early.headers["retry-after"] == "1")
            service.clock.advance(seconds: 1)
            let later = try await service.call(as: client, "GET", account)
            #expect(later.status == 200)
            #expect(later.headers["ratelimit"] == #""default";r=2;t=60"#)
        }
    }

    @Test("a refused write has no effect")
    func write() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let client = try await service.database.newClient(requestsPerMinute: 1)
            try await service.reloadClients()
            #expect(try await service.call(as: client, "GET", account).status == 200)
            let refused = try await service.call(as: client, "DELETE", account)
            #expect(refused.problem == "429 rate_limited")
            #expect(try await service.call("GET", account).status == 200)
        }
    }

    @Test("problems count and tell what is left; a signature that does not count does neither")
    func problems() async throws {
        try await TestService.run { service in
            let client = try await service.database.newClient(requestsPerMinute: 2)
            try await service.reloadClients()
            let forger = TestClient(keyId: client.keyId, secret: [1])
            for _ in 0..<3 {
                let forged = try await service.call(as: forger, "GET", "/v1/accounts/x")
                #expect(forged.problem == "401 unauthenticated")
                #expect(forged.headers["ratelimit"] == nil)
            }
            let malformed = try await service.call(as: client, "GET", "/v1/accounts/x")
            #expect(malformed.problem == "422 invalid_request")
            #expect(malformed.headers["ratelimit"] == #""default";r=1;t=60"#)
            let unknown = try await service.call(
                as: client, "DELETE", "/v1/accounts/\(TestRequest.unknownId())")
            #expect(unknown.problem == "404 not_found")
            #expect(unknown.headers["ratelimit"] == #""default";r=0;t=60"#)
            let refused = try await service.call(as: client, "GET", "/v1/accounts/x")
            #expect(refused.problem == "429 rate_limited")
        }
    }

    @Test("each client has a limit of its own, and one without a limit is told of none")
    func others() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let first = try await service.database.newClient(requestsPerMinute: 1)
            let second = try await service.database.newClient(requestsPerMinute: 1)
            try await service.reloadClients()
            for client in [first, second] {
                #expect(try await service.call(as: client, "GET", account).status == 200)
                let refused = try await service.call(as: client, "GET", account)
                #expect(refused.problem == "429 rate_limited")
            }
            let unlimited = try await service.call("GET", account)
            #expect(unlimited.status == 200)
            #expect(unlimited.headers["ratelimit"] == nil)
            #expect(unlimited.headers["ratelimit-policy"] == nil)
        }
    }

    @Test("of a hundred at once so many pass as the limit allows")
    func concurrency() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let client = try await service.database.newClient(requestsPerMinute: 30)
            try await service.reloadClients()
            let answers = try await service.atOnce(100) { _ in
                try await service.call(as: client, "GET", account)
            }
            #expect(answers.count { $0.status == 200 } == 30)
            #expect(answers.count { $0.problem == "429 rate_limited" } == 70)
        }
    }
}
