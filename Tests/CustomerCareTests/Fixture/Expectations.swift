import Testing

@testable import CustomerCare

/// What every operation is held to, whatever it answers.
extension TestService {
    /// A path below `/v1/accounts/{account}` of somebody else is 404, as an unknown account is.
    func expectStrangersRefused(
        _ path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let stranger = try await newAccount()
        let rest = parts.dropFirst(4).joined(separator: "/")
        var bodies: Set<String> = []
        for account in [stranger, "/v1/accounts/0192f1a0-0000-7000-8000-00000000dead"] {
            let answer = try await call("GET", "\(account)/\(rest)")
            #expect(answer.status == 404, sourceLocation: sourceLocation)
            #expect(answer.code == "not_found", sourceLocation: sourceLocation)
            bodies.insert(answer.comparable)
        }
        #expect(bodies.count == 1, sourceLocation: sourceLocation)
    }

    /// Without a signature 401, with another scope 403, whether the path leads anywhere or not.
    func expectUnsignedRefused(
        _ path: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let unsigned = try await send(TestRequest("GET", path))
        #expect(unsigned.status == 401, sourceLocation: sourceLocation)
        #expect(unsigned.code == "unauthenticated", sourceLocation: sourceLocation)
        #expect(unsigned.headers["accept-signature"] != nil, sourceLocation: sourceLocation)
        let other = try await database.newClient(scopes: [.importing, .staff, .admin, .partner])
        try await reloadClients()
        let forbidden = try await call(as: other, "GET", path)
        #expect(forbidden.status == 403, sourceLocation: sourceLocation)
        #expect(forbidden.code == "forbidden", sourceLocation: sourceLocation)
    }

    /// What is no customer code or no account is refused and named.
    func expectMalformedCodesRefused(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ path: (_ code: String, _ account: String) -> String
    ) async throws {
        let account = "0192f1a0-0000-7000-8000-000000000000"
        let codes = [
            "pb06990000001", "PB0699000001", "PB069900000011", "PA06990000001", "PB0699000000a",
            "PB0699000000%EF%BC%91", "PB06990000001%20", "%20PB06990000001",
        ]
        for code in codes {
            let answer = try await call("GET", path(code, account))
            #expect(answer.status == 422, "\(code)", sourceLocation: sourceLocation)
            #expect(answer.wrongFields == ["customerCode"], sourceLocation: sourceLocation)
        }
        for account in ["1", "0192f1a0-0000-7000-8000-00000000000g", "0192f1a000007000"] {
            let answer = try await call("GET", path("PB06990000001", account))
            #expect(answer.status == 422, "\(account)", sourceLocation: sourceLocation)
            #expect(answer.wrongFields == ["account"], sourceLocation: sourceLocation)
        }
    }

    /// The answer has a strong tag, is 304 to whoever names it, and HEAD is told as GET is.
    func expectRevalidation(
        _ path: String, caching: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let first = try await call("GET", path)
        #expect(first.status == 200, sourceLocation: sourceLocation)
        #expect(first.headers["cache-control"] == caching, sourceLocation: sourceLocation)
        #expect(first.headers["x-request-id"]?.utf8.count == 36, sourceLocation: sourceLocation)
        let tag = try #require(first.headers["etag"], sourceLocation: sourceLocation)
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""), sourceLocation: sourceLocation)
        for condition in [tag, "\"x\", \(tag)", "W/\(tag)", "*"] {
            let again = try await call("GET", path) { $0.set("if-none-match", condition) }
            #expect(again.status == 304, "\(condition)", sourceLocation: sourceLocation)
            #expect(again.body.isEmpty, sourceLocation: sourceLocation)
            #expect(again.headers["etag"] == tag, sourceLocation: sourceLocation)
            #expect(again.headers["cache-control"] == caching, sourceLocation: sourceLocation)
            #expect(
                again.headers["vary"] == first.headers["vary"], sourceLocation: sourceLocation)
        }
        let other = try await call("GET", path) { $0.set("if-none-match", "\"x\"") }
        #expect(other.status == 200, sourceLocation: sourceLocation)
        let head = try await call("HEAD", path)
        #expect(head.status == 200, sourceLocation: sourceLocation)
        for name in ["etag", "cache-control", "content-type", "content-language", "vary"] {
            #expect(head.headers[name] == first.headers[name], sourceLocation: sourceLocation)
        }
    }
}
