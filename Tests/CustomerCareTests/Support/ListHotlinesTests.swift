import Testing

@testable import CustomerCare

@Suite("listHotlines")
struct ListHotlinesTests {
    @Test("the numbers of the customer-care centre are told, with the day they are known for")
    func works() async throws {
        try await TestService.run { service in
            let answer = try await service.send(TestRequest("GET", "/v1/support/hotlines"))
            #expect(answer.status == 200)
            #expect(answer.json.names == ["items", "asOf"])
            let items = answer.json["items"].items
            #expect(items.map { $0["number"].string } == ["1900 1006", "1900 9000"])
            #expect(items[0].names == ["name", "number"])
            #expect(items[0]["name"].string == "Tổng đài chăm sóc khách hàng EVN SPC")
            #expect(answer.json["asOf"].string == "2019-12-31")
            #expect(answer.headers["content-language"] == "vi")
        }
    }

    @Test("their names are told in English to whoever prefers it")
    func english() async throws {
        try await TestService.run { service in
            var request = TestRequest("GET", "/v1/support/hotlines")
            request.set("accept-language", "fr, en;q=0.5")
            let answer = try await service.send(request)
            #expect(
                answer.json["items"][0]["name"].string == "EVN SPC customer-care hotline")
            #expect(answer.headers["content-language"] == "en")
        }
    }

    @Test("they are cacheable; a signature is not needed and does not harm")
    func caching() async throws {
        try await TestService.run { service in
            let path = "/v1/support/hotlines"
            try await service.expectRevalidation(path, caching: "public, max-age=3600")
            let unsigned = try await service.send(TestRequest("GET", path))
            #expect(unsigned.text == (try await service.call("GET", path)).text)
            #expect(try await service.send(TestRequest("GET", path + "/x")).status == 404)
        }
    }
}
