import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("removeFollower")
struct RemoveFollowerTests {
    @Test("the other loses the code at once, and it is noted down for both")
    func removed() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let other = try await service.newAccount()
            try await service.follow(customer, as: other)
            let list = try await service.call("GET", path + "/followers").json["items"].items
            let id = try #require(
                list.first { $0["isYou"] == .boolean(false) }?["followerId"].string)
            let place = "\(path)/followers/\(id)"
            #expect(try await service.call("DELETE", place).status == 204)
            let seen = try await service.call("GET", "\(other)/customers/\(customer.code)")
            #expect(seen.problem == "404 not_found")
            let left = try await service.call("GET", "\(other)/subscriptions")
            #expect(left.json["items"] == .array([]))
            #expect(try await service.call("DELETE", place).problem == "404 not_found")
            #expect(try await service.call("GET", path).status == 200)
            let noted = try await service.database.script(
                """
                select action from audit_events
                where action in ('follower_removed', 'subscription_removed') order by 1
                """)
            #expect(noted == [["follower_removed"], ["subscription_removed"]])
        }
    }

    @Test("nobody is removed by whoever knows no more than the name, nor another code's follower")
    func refused() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let stranger = try await service.followed(try TestCustomer())
            let own = try await service.call("GET", path + "/followers")
            let id = try #require(own.json["items"][0]["followerId"].string)
            let foreign = try await service.call("DELETE", "\(stranger)/followers/\(id)")
            #expect(foreign.problem == "404 not_found")
            let low = try await service.newAccount()
            let subscription = try await service.addSubscription(customer.code.text, as: low)
            _ = try await service.call(
                "POST", "\(low)/subscriptions/\(subscription)/verification",
                #"{"name":"Nguyễn Văn An"}"#)
            let weak = try await service.call(
                "DELETE", "\(low)/customers/\(customer.code)/followers/\(id)")
            #expect(weak.problem == "403 assurance_too_low")
            #expect(try await service.call("GET", path).status == 200)
        }
    }
}
