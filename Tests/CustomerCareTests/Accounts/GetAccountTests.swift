import Testing

@testable import CustomerCare

/// GET /v1/accounts/{account}.
@Suite("getAccount")
struct GetAccountTests {
    @Test("an account is read as it was put")
    func works() async throws {
        try await TestService.run { service in
            let put = try await service.call(
                "PUT", "/v1/accounts",
                #"{"zaloUserId":"\#(TestRequest.unique())","locale":"en","#
                    + #""consent":{"textVersion":"2026-01"}}"#)
            let path = try #require(put.headers["location"])
            let got = try await service.call("GET", path)
            #expect(got.status == 200)
            #expect(got.json == put.json)
            #expect(
                got.json.names == [
                    "accountId", "zaloUserId", "locale", "followState", "consent", "createdAt",
                    "updatedAt",
                ])
            #expect(got.headers["content-type"] == "application/json")
            #expect(got.headers["cache-control"] == "private, no-cache")
        }
    }

    @Test("HEAD finds what GET finds, and a known entity tag saves the body")
    func conditional() async throws {
        try await TestService.run { service in
            let path = try await service.newAccount()
            let got = try await service.call("GET", path)
            let tag = try #require(got.headers["etag"])
            let head = try await service.call("HEAD", path)
            #expect(head.status == 200)
            #expect(head.headers["etag"] == tag)
            for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let again = try await service.call("GET", path) { $0.set("if-none-match", known) }
                #expect(again.status == 304)
                #expect(again.headers["etag"] == tag)
                #expect(again.body.isEmpty)
            }
            let other = try await service.call("GET", path) { $0.set("if-none-match", "\"x\"") }
            #expect(other.status == 200)
        }
    }

    @Test("the id is found in upper case too, and percent-encoded")
    func spelling() async throws {
        try await TestService.run { service in
            let path = try await service.newAccount()
            let id = String(path.dropFirst("/v1/accounts/".count))
            let expected = try await service.call("GET", path)
            for spelled in [id.uppercased(), id.replacing("-", with: "%2D")] {
                let got = try await service.call("GET", "/v1/accounts/\(spelled)")
                #expect(got.json == expected.json)
            }
        }
    }

    @Test("an unknown account is not found")
    func unknown() async throws {
        try await TestService.run { service in
            let answer = try await service.call("GET", "/v1/accounts/\(TestRequest.unknownId())")
            #expect(answer.problem == "404 not_found")
        }
    }

    @Test("what is no UUID is named as the parameter")
    func malformed() async throws {
        try await TestService.run { service in
            for id in ["7", "0", String(repeating: "0", count: 32), "%20", "null"] {
                let answer = try await service.call("GET", "/v1/accounts/\(id)")
                #expect(answer.problem == "422 invalid_request")
                #expect(answer.wrongFields == ["account"])
            }
        }
    }

    @Test("without a signature an account looks like none")
    func unsigned() async throws {
        try await TestService.run { service in
            let path = try await service.newAccount()
            let known = try await service.callUnsigned("GET", path)
            let unknown = try await service.callUnsigned(
                "GET", "/v1/accounts/\(TestRequest.unknownId())")
            #expect(known.problem == "401 unauthenticated")
            #expect(known.comparable == unknown.comparable)
        }
    }
}
