import Testing

@testable import CustomerCare

@Suite("reopenServiceRequest")
struct ReopenServiceRequestTests {
    private static let reason = #","reason":"Vẫn chưa có điện""#

    @Test("a completed request is opened again until seven days later, with a new expected time")
    func reopened() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.completedRequest(of: account)
            service.clock.advance(seconds: 604_800)
            let answer = try await service.post("reopen", code, of: account, Self.reason)
            #expect(answer.status == 200)
            #expect(answer.json["state"].string == "processing")
            #expect(answer.json["completedAt"].isNull)
            #expect(answer.json["expectedOn"].string == "2026-12-09")
            #expect(answer.json["history"][3]["by"].string == "account")
            let again = try await service.post("reopen", code, of: account, Self.reason)
            #expect(again.problem == "409 transition_not_allowed")
        }
    }

    @Test("a second too late, without a reason, or before it is completed it is not")
    func refused() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.completedRequest(of: account)
            #expect(
                try await service.post("reopen", code, of: account).wrongFields == ["#/reason"])
            service.clock.advance(seconds: 604_801)
            let late = try await service.post("reopen", code, of: account, Self.reason)
            #expect(late.problem == "409 transition_not_allowed")
            let open = try await service.newRequest(of: account)
            let early = try await service.post("reopen", open, of: account, Self.reason)
            #expect(early.problem == "409 transition_not_allowed")
        }
    }
}
