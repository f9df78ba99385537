import Testing

@testable import CustomerCare

@Suite("listGuides")
struct ListGuidesTests {
    private static let slugs = [
        "follow-the-page", "register-customer-codes", "look-ups", "services",
        "automatic-messages",
    ]

    @Test("anybody reads the chapters of the guide in the order of the page, in Vietnamese")
    func works() async throws {
        try await TestService.run { service in
            let answer = try await service.send(TestRequest("GET", "/v1/support/guides"))
            #expect(answer.status == 200)
            #expect(answer.json.names == ["items"])
            let items = answer.json["items"].items
            #expect(items.map { $0["slug"].string } == Self.slugs)
            #expect(items.allSatisfy { $0.names == ["slug", "title"] })
            #expect(items[2]["title"].string == "Tra cứu")
            #expect(answer.headers["content-language"] == "vi")
            #expect(answer.headers["vary"] == "Accept-Language")
            #expect(answer.headers["ratelimit"] == nil)
        }
    }

    @Test("who prefers English gets English, with a tag of its own")
    func english() async throws {
        try await TestService.run { service in
            var request = TestRequest("GET", "/v1/support/guides")
            let vietnamese = try await service.send(request)
            request.set("accept-language", "en-GB,en;q=0.9,vi;q=0.1")
            let english = try await service.send(request)
            #expect(english.json["items"][2]["title"].string == "Look-ups")
            #expect(english.headers["content-language"] == "en")
            #expect(english.headers["etag"] != vietnamese.headers["etag"])
            request.set("if-none-match", try #require(vietnamese.headers["etag"]))
            #expect(try await service.send(request).status == 200)
        }
    }

    @Test("the list is cacheable, and other methods are refused with those that are there")
    func caching() async throws {
        try await TestService.run { service in
            try await service.expectRevalidation(
                "/v1/support/guides", caching: "public, max-age=3600")
            let refused = try await service.send(TestRequest("DELETE", "/v1/support/guides"))
            #expect(refused.status == 405)
            #expect(refused.headers["allow"] == "GET, HEAD, OPTIONS")
        }
    }
}
