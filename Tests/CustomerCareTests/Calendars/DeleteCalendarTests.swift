import JSON
import Testing

@testable import CustomerCare

@Suite("Delete a calendar")
struct DeleteCalendarTests {
    @Test("the address opens nothing from then on, and a second time there is none to end")
    func revoked() async throws {
        try await TestService.run { service in
            let subscription = try await service.verifiedSubscription()
            let made = try await service.call("PUT", subscription + "/calendar")
            let path = try #require(made.json["path"].string)
            let ended = try await service.call("DELETE", subscription + "/calendar")
            #expect(ended.status == 204)
            #expect(try await service.callUnsigned("GET", path).problem == "404 not_found")
            let again = try await service.call("DELETE", subscription + "/calendar")
            #expect(again.problem == "404 not_found")
        }
    }

    @Test("a stranger and a caller without a signature end nothing")
    func refused() async throws {
        try await TestService.run { service in
            let subscription = try await service.verifiedSubscription()
            let made = try await service.call("PUT", subscription + "/calendar")
            let path = try #require(made.json["path"].string)
            let other = try await service.newAccount()
            let foreign = try await service.call(
                "DELETE", "\(other)/subscriptions/\(subscription.suffix(36))/calendar")
            #expect(foreign.problem == "404 not_found")
            let unsigned = try await service.callUnsigned("DELETE", subscription + "/calendar")
            #expect(unsigned.problem == "401 unauthenticated")
            let malformed = try await service.call("DELETE", "\(other)/subscriptions/x/calendar")
            #expect(malformed.wrongFields == ["subscription"])
            #expect(try await service.callUnsigned("GET", path).status == 200)
        }
    }
}
