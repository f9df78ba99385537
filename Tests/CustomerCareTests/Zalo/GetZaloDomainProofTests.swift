import Testing

@testable import CustomerCare

@Suite("getZaloDomainProof")
struct GetZaloDomainProofTests {
    @Test("the page of the settings is there, and no other")
    func proof() async throws {
        try await FakeZalo.run { service, _ in
            let page = try await service.send(TestRequest("GET", "/zalo_verifierQ8-zX_1.html"))
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.text.contains(#"site-verification" content="Q8-zX_1">"#))
            for path in [
                "/zalo_verifierQ8-zX_2.html", "/zalo_verifier.html", "/zalo_verifierQ8-zX_1",
                "/zalo_verifierQ8-zX_1.html/", "/Zalo_verifierQ8-zX_1.html", "/xQ8-zX_1.html",
                "/%7Aalo_verifierQ8-zX_1.html", "/zalo_verifier%2FQ8-zX_1.html",
            ] {
                let answer = try await service.send(TestRequest("GET", path))
                #expect(answer.problem == "404 not_found", "\(path)")
            }
            // A place at the root takes no other path's method.
            let other = try await service.send(TestRequest("POST", "/anything", "{}"))
            #expect(other.problem == "404 not_found")
        }
    }

    @Test("without an Official Account there is nothing to prove")
    func none() async throws {
        try await TestService.run { service in
            let answer = try await service.send(TestRequest("GET", "/zalo_verifierQ8-zX_1.html"))
            #expect(answer.problem == "404 not_found")
        }
    }
}
