import Testing

@testable import CustomerCare

@Suite("getProblemPage")
struct GetProblemPageTests {
    @Test("the type of every problem leads to a page that explains it", arguments: ["vi", "en"])
    func works(language: String) async throws {
        try await TestService.run { service in
            for code in Problem.Code.allCases {
                var request = TestRequest("GET", code.page)
                request.set("accept-language", language)
                let answer = try await service.send(request)
                #expect(answer.status == 200, "\(code.rawValue)")
                #expect(
                    answer.json.names == ["type", "code", "status", "title", "description"])
                #expect(answer.json["type"].string == code.page)
                #expect(answer.json["code"].string == code.rawValue)
                #expect(answer.json["status"].int == Int64(code.status))
                #expect(answer.json["title"].string?.isEmpty == false)
                #expect(answer.json["description"].string?.isEmpty == false)
                #expect(answer.headers["content-language"] == language)
            }
        }
    }

    @Test("the page of the type in a problem document has the title of the document")
    func documents() async throws {
        try await TestService.run { service in
            let problem = try await service.send(TestRequest("GET", "/v1/nothing"))
            #expect(problem.status == 404)
            #expect(
                problem.json.names == ["type", "title", "status", "detail", "instance", "code"])
            #expect(problem.json["type"].string == "/problems/not-found")
            let page = try await service.send(TestRequest("GET", "/problems/not-found"))
            #expect(page.json["title"] == problem.json["title"])
            let id = try #require(problem.headers["x-request-id"])
            #expect(problem.json["instance"].string == "urn:uuid:\(id)")
        }
    }

    @Test("a problem is told in the language its caller prefers")
    func language() async throws {
        try await TestService.run { service in
            let path = "/v1/accounts/x/customers/y/bills?limit=0"
            let vietnamese = try await service.call("GET", path)
            let english = try await service.call("GET", path) { $0.set("accept-language", "en") }
            for (answer, language, title) in [
                (vietnamese, "vi", "Yêu cầu không hợp lệ"), (english, "en", "Invalid request"),
            ] {
                #expect(answer.status == 422)
                #expect(answer.headers["content-language"] == language)
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.json["title"].string == title)
            }
            let details = [vietnamese, english].map { $0.json["errors"][0]["detail"].string }
            #expect(details == ["Phải là UUID.", "Not a UUID."])
        }
    }

    @Test(
        "what is no problem has no page",
        arguments: ["nothing", "not_found", "Not-Found", "not-found%00", "%C3", "not-found%2F"])
    func unknown(slug: String) async throws {
        try await TestService.run { service in
            let answer = try await service.send(TestRequest("GET", "/problems/\(slug)"))
            #expect(answer.status == 404)
            #expect(answer.code == "not_found")
        }
    }

    @Test("the page is cacheable and has a tag")
    func caching() async throws {
        try await TestService.run { service in
            try await service.expectRevalidation(
                "/problems/rate-limited", caching: "public, max-age=3600")
        }
    }
}
