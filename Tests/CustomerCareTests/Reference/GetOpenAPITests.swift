import Testing

@testable import CustomerCare

@Suite("getOpenAPI")
struct GetOpenAPITests {
    @Test("the contract is told as it stands in the repository, byte by byte")
    func works() async throws {
        try await TestService.run { service in
            let answer = try await service.send(TestRequest("GET", "/openapi.yaml"))
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/yaml")
            #expect(answer.text == (try Checkout.text("openapi.yaml")))
            #expect(answer.headers["content-language"] == nil)
        }
    }

    @Test("it is cacheable and read only")
    func caching() async throws {
        try await TestService.run { service in
            try await service.expectRevalidation(
                "/openapi.yaml", caching: "public, max-age=3600")
            let refused = try await service.send(TestRequest("PUT", "/openapi.yaml", "{}"))
            #expect(refused.status == 405)
            #expect(refused.headers["allow"] == "GET, HEAD, OPTIONS")
            #expect(try await service.send(TestRequest("GET", "/openapi.yaml/")).status == 404)
            #expect(try await service.send(TestRequest("GET", "/openapi%2Eyaml")).status == 404)
        }
    }
}
