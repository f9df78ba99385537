import Testing

@testable import CustomerCare

@Suite("putAccount")
struct PutAccountTests {
    @Test("a new Zalo user gets an account, and the same one however often it is put")
    func upsert() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            let first = try await service.call("PUT", "/v1/accounts", #"{"zaloUserId":"\#(user)"}"#)
            #expect(first.status == 201)
            let id = try #require(first.json["accountId"].string)
            #expect(first.headers["location"] == "/v1/accounts/\(id)")
            #expect(first.json["zaloUserId"].string == user)
            #expect(first.json["locale"].string == "vi")
            #expect(first.json["followState"].string == "unknown")
            #expect(first.json["consent"].isNull)
            let second = try await service.call(
                "PUT", "/v1/accounts", #"{"zaloUserId":"\#(user)","locale":"en"}"#)
            #expect(second.status == 200)
            #expect(second.json["accountId"].string == id)
            #expect(second.json["locale"].string == "en")
            #expect(second.headers["location"] == nil)
        }
    }
}
