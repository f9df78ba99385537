import Electricity
import JSON
import Testing

@testable import CustomerCare

/// GET /v1/accounts/{account}/subscriptions.
@Suite("listSubscriptions")
struct ListSubscriptionsTests {
    @Test("live subscriptions are listed, the oldest first, as each is read by itself")
    func works() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            let first = try TestCustomer.newCode().text
            _ = try await service.addSubscription(first, as: account)
            service.clock.advance(seconds: 1)
            try await service.follow(customer, as: account)
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.status == 200)
            #expect(list.json.names == ["items", "next"])
            #expect(list.json["next"].isNull)
            let items = list.json["items"].items
            #expect(items.map { $0["customerCode"].string } == [first, customer.code.text])
            #expect(items.map { $0["state"].string } == ["pending", "active"])
            #expect(list.headers["cache-control"] == "private, no-cache")
            for item in items {
                let id = try #require(item["subscriptionId"].string)
                let one = try await service.call("GET", "\(account)/subscriptions/\(id)")
                #expect(one.json == item)
            }
        }
    }

    @Test("attempts left are told for each code by itself")
    func attempts() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let tried = try TestCustomer.newCode().text
            let untried = try TestCustomer.newCode().text
            let id = try await service.addSubscription(tried, as: account)
            _ = try await service.addSubscription(untried, as: account)
            let wrong = try await service.call(
                "POST", "\(account)/subscriptions/\(id)/verification", #"{"name":"Ai Đó"}"#)
            #expect(wrong.problem == "422 verification_failed")
            let list = try await service.call("GET", "\(account)/subscriptions")
            var left: [String: Int64] = [:]
            for item in list.json["items"].items {
                left[item["customerCode"].string ?? ""] = item["verification"]["attemptsLeft"].int
            }
            #expect(left == [tried: 4, untried: 5])
        }
    }

    @Test("a contract holder who has changed asks for a new verification and shows no data")
    func reverification() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            let id = try await service.addSubscription(customer.code.text, as: account)
            try await service.database.script(
                """
                update subscriptions set state = 'reverification_required', expires_at = null
                where subscription_id = '\(id)'
                """)
            // No quarter of an hour ends it.
            service.clock.advance(seconds: 86_400)
            let list = try await service.call("GET", "\(account)/subscriptions")
            let item = list.json["items"][0]
            #expect(item["state"].string == "reverification_required")
            #expect(item["verification"]["attemptsLeft"].int == 5)
            #expect(item["verification"]["expiresAt"].isNull)
            let profile = try await service.call("GET", "\(account)/customers/\(customer.code)")
            #expect(profile.problem == "404 not_found")
        }
    }

    @Test("an account that follows nothing has an empty list")
    func empty() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.status == 200)
            #expect(list.text == #"{"items":[],"next":null}"#)
        }
    }

    @Test("a list does not show what another account follows")
    func stranger() async throws {
        try await TestService.run { service in
            let owner = try await service.newAccount()
            _ = try await service.addSubscription(try TestCustomer.newCode().text, as: owner)
            let stranger = try await service.newAccount()
            let list = try await service.call("GET", "\(stranger)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
            let nobody = try await service.call(
                "GET", "/v1/accounts/\(TestRequest.unknownId())/subscriptions")
            #expect(nobody.problem == "404 not_found")
        }
    }

    @Test("the list is not sent again while it stays the same")
    func conditional() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let path = "\(account)/subscriptions"
            let tag = try #require(try await service.call("GET", path).headers["etag"])
            let same = try await service.call("GET", path) { $0.set("if-none-match", tag) }
            #expect(same.status == 304)
            _ = try await service.addSubscription(try TestCustomer.newCode().text, as: account)
            let changed = try await service.call("GET", path) { $0.set("if-none-match", tag) }
            #expect(changed.status == 200)
        }
    }

    @Test("what is no UUID is named as the parameter")
    func malformed() async throws {
        try await TestService.run { service in
            let answer = try await service.call("GET", "/v1/accounts/x/subscriptions")
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["account"])
        }
    }

    @Test("without a signature nothing is listed")
    func unsigned() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.callUnsigned("GET", "\(account)/subscriptions")
            #expect(answer.problem == "401 unauthenticated")
        }
    }
}
