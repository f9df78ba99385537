import Testing

@testable import CustomerCare

@Suite("getGuide")
struct GetGuideTests {
    @Test("a chapter is read in Vietnamese and in English")
    func works() async throws {
        try await TestService.run { service in
            var request = TestRequest("GET", "/v1/support/guides/look-ups")
            let vietnamese = try await service.send(request)
            #expect(vietnamese.status == 200)
            #expect(vietnamese.json.names == ["slug", "title", "text"])
            #expect(vietnamese.json["slug"].string == "look-ups")
            #expect(vietnamese.json["title"].string == "Tra cứu")
            #expect(vietnamese.json["text"].string?.hasPrefix("Trong mục \"Tra cứu\" có:") == true)
            #expect(vietnamese.headers["content-language"] == "vi")
            request.set("accept-language", "en")
            let english = try await service.send(request)
            #expect(english.json["title"].string == "Look-ups")
            #expect(english.json["text"].string?.hasPrefix("Under \"Tra cứu\"") == true)
            #expect(english.headers["content-language"] == "en")
        }
    }

    @Test("every chapter of the list can be read")
    func everyChapter() async throws {
        try await TestService.run { service in
            let list = try await service.send(TestRequest("GET", "/v1/support/guides"))
            for item in list.json["items"].items {
                let slug = try #require(item["slug"].string)
                let answer = try await service.send(
                    TestRequest("GET", "/v1/support/guides/\(slug)"))
                #expect(answer.status == 200, "\(slug)")
                #expect(answer.json["title"] == item["title"])
                #expect(answer.json["text"].string?.isEmpty == false)
            }
        }
    }

    @Test(
        "what is no chapter is not found",
        arguments: [
            "nothing", "LOOK-UPS", "look-ups%20", "look-ups.vi", "..%2Flook-ups", "%00", "%C3",
            "look%2Dups%2F",
        ])
    func unknown(slug: String) async throws {
        try await TestService.run { service in
            let answer = try await service.send(TestRequest("GET", "/v1/support/guides/\(slug)"))
            #expect(answer.status == 404)
            #expect(answer.code == "not_found")
        }
    }

    @Test("the chapter is cacheable and has a tag")
    func caching() async throws {
        try await TestService.run { service in
            try await service.expectRevalidation(
                "/v1/support/guides/services", caching: "public, max-age=3600")
        }
    }
}
