import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("listFollowers")
struct ListFollowersTests {
    @Test("whoever is verified by more than a name sees the others, masked")
    func listed() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let other = try await service.newAccount()
            let id = try await service.addSubscription(customer.code.text, as: other)
            service.clock.advance(seconds: 5)
            let verified = try await service.call(
                "POST", "\(other)/subscriptions/\(id)/verification",
                #"{"name":"Nguyễn Văn An"}"#)
            #expect(verified.status == 200)
            let zaloId = try #require(
                try await service.call("GET", other).json["zaloUserId"].string)
            let answer = try await service.call("GET", path + "/followers")
            let items = answer.json["items"].items
            #expect(items.map { $0["isYou"] } == [.boolean(false), .boolean(true)])
            #expect(items[0]["followerId"].string == id)
            #expect(items[0]["assurance"].string == "low")
            #expect(
                items[0]["zaloUserId"].string == "\(zaloId.prefix(2))***\(zaloId.suffix(2))")
            #expect(!answer.text.contains(zaloId))
            // The other one, by a name only, sees nobody.
            let low = try await service.call(
                "GET", "\(other)/customers/\(customer.code)/followers")
            #expect(low.problem == "403 assurance_too_low")
        }
    }
}
