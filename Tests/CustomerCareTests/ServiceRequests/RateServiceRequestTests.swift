import Testing

@testable import CustomerCare

@Suite("rateServiceRequest")
struct RateServiceRequestTests {
    @Test("a completed request is rated, and the later rating counts")
    func rated() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.completedRequest(of: account)
            for rating in [2, 5] {
                let answer = try await service.post(
                    "rating", code, of: account, #","rating":\#(rating),"comment":"Nhanh""#)
                #expect(answer.json["rating"].int == Int64(rating))
            }
            for wrong in ["0", "6", "4.5", "null"] {
                let answer = try await service.post(
                    "rating", code, of: account, #","rating":\#(wrong)"#)
                #expect(answer.wrongFields == ["#/rating"], "\(wrong)")
            }
        }
    }

    @Test("what is not completed cannot be rated")
    func open() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let answer = try await service.post("rating", code, of: account, #","rating":5"#)
            #expect(answer.problem == "409 transition_not_allowed")
        }
    }
}
