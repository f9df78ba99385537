import Testing

@testable import CustomerCare

@Suite("listServiceRequests")
struct ListServiceRequestsTests {
    @Test("requests are listed newest first, page by page, for their account only")
    func pages() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let path = "/v1/service-requests?account=\(TestService.id(of: account))"
            #expect(try await service.call("GET", path).json["items"].items.isEmpty)
            var made: [String?] = []
            for _ in 0..<3 {
                let answer = try await service.ask(
                    "new-supply", TestService.newSupplyForm, as: account)
                made.insert(answer.json["trackingCode"].string, at: 0)
                service.clock.advance(seconds: 1)
            }
            let first = try await service.call("GET", path + "&limit=2")
            #expect(
                first.json["items"].items.map { $0["trackingCode"].string } == Array(made[..<2]))
            let cursor = try #require(first.json["next"].string)
            #expect(first.headers["link"]?.contains("cursor=\(cursor)") == true)
            let rest = try await service.call("GET", path + "&limit=2&cursor=\(cursor)")
            #expect(rest.json["items"].items.map { $0["trackingCode"].string } == [made[2]])
            #expect(rest.json["next"].isNull)
            #expect(try await service.call("GET", path + "&cursor=x").wrongFields == ["cursor"])
            let stranger = TestService.id(of: try await service.newAccount())
            let other = try await service.call("GET", "/v1/service-requests?account=\(stranger)")
            #expect(other.json["items"].items.isEmpty)
            let nobody = try await service.call(
                "GET", "/v1/service-requests?account=\(TestRequest.unknownId())")
            #expect(nobody.problem == "404 not_found")
        }
    }
}
