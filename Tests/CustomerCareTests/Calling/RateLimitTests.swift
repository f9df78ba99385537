import Testing

@testable import CustomerCare

@Suite("Rate limits of the service")
struct RateLimitTests {
    @Test(
        "a client is told what it has left, and is refused beyond its limit until the minute ends")
    func limit() async throws {
        try await TestService.run(at: "2026-11-25T10:00:15") { service in
            let client = try await service.database.newClient(requestsPerMinute: 2)
            try await service.reloadClients()
            let account = try await service.newAccount()
            for left in ["1", "0"] {
                let answer = try await service.call(as: client, "GET", account)
                #expect(answer.status == 200)
                #expect(answer.headers["ratelimit-policy"] == #""default";q=2;w=60"#)
                #expect(answer.headers["ratelimit"] == #""default";r=\#(left);t=45"#)
            }
            let refused = try await service.call(as: client, "GET", account)
            #expect(refused.status == 429)
            #expect(refused.code == "rate_limited")
            #expect(refused.headers["retry-after"] == "45")
            #expect(refused.headers["ratelimit"] == #""default";r=0;t=45"#)
            service.clock.advance(seconds: 45)
            #expect(try await service.call(as: client, "GET", account).status == 200)
        }
    }

    @Test("neither public paths nor failed signatures use up anything")
    func notCounted() async throws {
        try await TestService.run { service in
            let client = try await service.database.newClient(requestsPerMinute: 1)
            try await service.reloadClients()
            let account = try await service.newAccount()
            let forged = TestClient(keyId: client.keyId, secret: Array("wrong".utf8))
            for _ in 0..<3 {
                #expect(try await service.call(as: forged, "GET", account).status == 401)
                let hotlines = try await service.call(as: client, "GET", "/v1/support/hotlines")
                #expect(hotlines.status == 200)
                #expect(hotlines.headers["ratelimit"] == nil)
            }
            #expect(try await service.call(as: client, "GET", account).status == 200)
            #expect(try await service.call(as: client, "GET", account).status == 429)
        }
    }

    @Test("a client without a limit is told of none")
    func unlimited() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.call("GET", account)
            #expect(answer.headers["ratelimit"] == nil)
            #expect(answer.headers["ratelimit-policy"] == nil)
        }
    }
}
