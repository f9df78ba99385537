import Testing

@testable import CustomerCare

@Suite("getServiceRequest")
struct GetServiceRequestTests {
    @Test("a request is followed with its history, and a code typed carelessly is understood")
    func followed() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let staff = try await service.newStaff()
            service.clock.advance(seconds: 60)
            _ = try await service.move(
                code, to: "processing", version: 1, as: staff,
                #","publicNote":"Đã hẹn khảo sát","internalNote":"Gọi tổ 3""#)
            let typed = code.lowercased().replacing("-", with: "")
            let answer = try await service.request(typed, of: account)
            #expect(answer.status == 200)
            #expect(answer.json["state"].string == "processing")
            #expect(
                answer.json["history"].items.map { $0["state"].string }
                    == ["received", "processing"])
            #expect(answer.json["history"][1]["note"].string == "Đã hẹn khảo sát")
            #expect(!answer.text.contains("Gọi tổ 3"))
        }
    }

    @Test("a request that is not done in time says so")
    func late() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            #expect(try await service.request(code, of: account).json["isLate"].bool == false)
            service.clock.advance(seconds: 8 * 86_400)
            #expect(try await service.request(code, of: account).json["isLate"].bool == true)
        }
    }

    @Test("a stranger, and a code one character off, are 404")
    func strangers() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let stranger = try await service.newAccount()
            #expect(try await service.request(code, of: stranger).problem == "404 not_found")
            for other in ["2", "3"] where !code.hasSuffix(other) {
                let off = String(code.dropLast()) + other
                #expect(try await service.request(off, of: account).problem == "404 not_found")
            }
            let nobody = try await service.call("GET", "/v1/service-requests/\(code)")
            #expect(nobody.wrongFields == ["account"])
        }
    }
}
