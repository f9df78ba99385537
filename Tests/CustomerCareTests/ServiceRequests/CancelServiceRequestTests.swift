import Testing

@testable import CustomerCare

@Suite("cancelServiceRequest")
struct CancelServiceRequestTests {
    @Test("what is open is taken back, once, with a reason; what is over is not")
    func cancelled() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let answer = try await service.post(
                "cancel", code, of: account, #","reason":"Không cần nữa""#)
            #expect(answer.status == 200)
            #expect(answer.json["state"].string == "cancelled")
            #expect(answer.json["nextStep"].isNull)
            #expect(answer.json["history"][1]["note"].string == "Không cần nữa")
            let again = try await service.post("cancel", code, of: account)
            #expect(again.status == 200)
            #expect(again.json["history"].items.count == 2)
            let completed = try await service.completedRequest(of: account)
            let late = try await service.post("cancel", completed, of: account)
            #expect(late.problem == "409 transition_not_allowed")
            let stranger = try await service.newAccount()
            #expect(
                try await service.post("cancel", code, of: stranger).problem == "404 not_found")
            let wrong = try await service.post("cancel", code, of: account, #","reason":"\u0007""#)
            #expect(wrong.wrongFields == ["#/reason"])
        }
    }
}
