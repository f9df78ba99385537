import Electricity
import Postgres
import Signing
import Testing

@testable import CustomerCare

@Suite("verifyMessage")
struct VerifyMessageTests {
    @Test("the code of a message that was sent is genuine, with its topic and day")
    func genuine() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            let code = try #require(fake.taken.first?.text.suffix(14)).lowercased()
            let answer = try await service.callUnsigned(
                "GET", "/v1/message-verifications/\(code)")
            #expect(answer.status == 200)
            #expect(answer.json["isGenuine"].bool == true)
            #expect(answer.json["topic"].string == "request_progress")
            #expect(answer.json["sentOn"].string == "2026-11-25")
            #expect(answer.json.names == ["code", "isGenuine", "topic", "sentOn"])
        }
    }

    @Test("a code with one character changed anywhere is none of ours")
    func forged() throws {
        let authenticity = try MessageAuthenticity(masterKeys: [try MasterKey.random()])
        let day = try #require(LocalDate("2026-11-25"))
        let code = MessageCode(.paymentReceipt, of: UUID(high: 1, low: 300), on: day)
        let text = Array(code.text(authenticity))
        #expect(MessageCode(typed: String(text), authenticity) == code)
        for place in text.indices where text[place] != "-" {
            var changed = text
            changed[place] = text[place] == "7" ? "8" : "7"
            #expect(MessageCode(typed: String(changed), authenticity) == nil)
        }
        for typed in ["", "7777-7777-7777", String(text) + "7", String(text.dropLast())] {
            #expect(MessageCode(typed: typed, authenticity) == nil, "\(typed)")
        }
        let other = try MessageAuthenticity(masterKeys: [try MasterKey.random()])
        #expect(MessageCode(typed: String(text), other) == nil)
    }

    @Test("an unknown code is not found, in whatever form it comes")
    func unknown() async throws {
        try await TestService.run { service in
            for code in ["K7QM-2FXD-9TRC", "x", "%F0%9F%98%80"] {
                let answer = try await service.callUnsigned(
                    "GET", "/v1/message-verifications/\(code)")
                #expect(answer.problem == "404 not_found")
            }
        }
    }
}
