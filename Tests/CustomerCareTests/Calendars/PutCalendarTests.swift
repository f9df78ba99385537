import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Put a calendar")
struct PutCalendarTests {
    @Test("each call gives a new address, of which only the hash is kept")
    func rotation() async throws {
        try await TestService.run { service in
            let subscription = try await service.verifiedSubscription()
            let first = try await service.call("PUT", subscription + "/calendar")
            #expect(first.status == 201)
            let path = try #require(first.json["path"].string)
            #expect(first.headers["location"] == path)
            #expect(first.json["createdAt"].string == "2026-11-25T10:00:00+07:00")
            #expect(try await service.callUnsigned("GET", path).status == 200)
            let second = try await service.call("PUT", subscription + "/calendar")
            #expect(second.json["path"].string != path)
            #expect(try await service.callUnsigned("GET", path).problem == "404 not_found")
            let token = path.dropFirst("/v1/calendars/".count).prefix(43)
            let kept = try await service.database.script(
                "select count(*) from calendar_feeds where token_hash = sha256('\(token)')")
            #expect(kept == [["0"]])
        }
    }

    @Test("a subscription that is not verified has none")
    func pending() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let id = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            let answer = try await service.call(
                "PUT", "\(account)/subscriptions/\(id)/calendar")
            #expect(answer.problem == "404 not_found")
        }
    }

    @Test("a stranger, a caller without a signature and a malformed id get none")
    func refused() async throws {
        try await TestService.run { service in
            let subscription = try await service.verifiedSubscription()
            let other = try await service.newAccount()
            let id = subscription.suffix(36)
            let foreign = try await service.call("PUT", "\(other)/subscriptions/\(id)/calendar")
            #expect(foreign.problem == "404 not_found")
            let unsigned = try await service.callUnsigned("PUT", subscription + "/calendar")
            #expect(unsigned.problem == "401 unauthenticated")
            let malformed = try await service.call("PUT", "\(other)/subscriptions/x/calendar")
            #expect(malformed.wrongFields == ["subscription"])
        }
    }
}

extension TestService {
    /// A verified subscription of a new customer; its path.
    func verifiedSubscription(_ customer: TestCustomer? = nil) async throws -> String {
        let customer = try customer ?? TestCustomer()
        try await add(customer)
        let account = try await newAccount()
        try await follow(customer, as: account)
        let list = try await call("GET", account + "/subscriptions")
        let id = try #require(list.json["items"][0]["subscriptionId"].string)
        return "\(account)/subscriptions/\(id)"
    }
}
