import Testing

@testable import CustomerCare

@Suite("answerServiceRequest")
struct AnswerServiceRequestTests {
    private static let note = #","note":"Tôi đã gửi bản chụp""#

    @Test("what staff have asked is answered, and the request is processed further")
    func answered() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.waitingRequest(of: account)
            let waiting = try await service.request(code, of: account)
            #expect(waiting.json["nextStep"].string == "answer")
            let answer = try await service.post("events", code, of: account, Self.note)
            #expect(answer.status == 200)
            #expect(answer.json["state"].string == "processing")
            #expect(answer.json["history"][3]["by"].string == "account")
            #expect(answer.json["history"][3]["note"].string == "Tôi đã gửi bản chụp")
            let staff = try await service.newStaff()
            let seen = try await service.call(
                as: staff, "GET", "/v1/staff/service-requests/\(code)?purpose=test")
            #expect(seen.json["history"][3]["publicNote"].string == "Tôi đã gửi bản chụp")
        }
    }

    @Test("what a customer writes is sealed, and gone with the account")
    func sealed() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.waitingRequest(of: account)
            _ = try await service.post("events", code, of: account, Self.note)
            let rows = try await service.database.count(
                "service_request_texts", "tracking_code = '\(code)'")
            #expect(rows == 1)
            let readable = try await service.database.count(
                "service_request_texts",
                "tracking_code = '\(code)' and position('gửi'::bytea in sealed_text) > 0")
            #expect(readable == 0)
            #expect(try await service.call("DELETE", account).status == 204)
            let left = try await service.database.count(
                "service_request_texts", "tracking_code = '\(code)'")
            #expect(left == 0)
        }
    }

    @Test("a request that waits for nothing takes no answer, and an answer says something")
    func refused() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let waiting = try await service.waitingRequest(of: account)
            let silent = try await service.post("events", waiting, of: account)
            #expect(silent.wrongFields == ["#/note"])
            for code in [
                try await service.newRequest(of: account),
                try await service.completedRequest(of: account),
            ] {
                let answer = try await service.post("events", code, of: account, Self.note)
                #expect(answer.problem == "409 transition_not_allowed")
            }
        }
    }
}
