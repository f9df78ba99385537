import Electricity
import JSON
import Testing

@testable import CustomerCare

/// DELETE /v1/accounts/{account}/subscriptions/{subscription}.
@Suite("removeSubscription")
struct RemoveSubscriptionTests {
    /// The id of an account's only subscription.
    private static func onlySubscription(
        of account: String, by service: TestService
    ) async throws -> String {
        let list = try await service.call("GET", "\(account)/subscriptions")
        return try #require(list.json["items"][0]["subscriptionId"].string)
    }

    @Test("with the subscription all data of the code is lost at once")
    func works() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            try await service.add(customer)
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let id = try await Self.onlySubscription(of: account, by: service)
            let paths = ["", "/bills", "/bills/2026-10", "/bills/current", "/debts"]
                .map { "\(account)/customers/\(customer.code)\($0)" }
            for path in paths {
                #expect(try await service.call("GET", path).status == 200, "\(path)")
            }
            let removed = try await service.call("DELETE", "\(account)/subscriptions/\(id)")
            #expect(removed.status == 204)
            #expect(removed.body.isEmpty)
            for path in paths {
                #expect(try await service.call("GET", path).problem == "404 not_found", "\(path)")
            }
            let debts = try await service.call("GET", "\(account)/debts")
            #expect(debts.json["customers"].items.isEmpty)
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
            let again = try await service.call("DELETE", "\(account)/subscriptions/\(id)")
            #expect(again.problem == "404 not_found")
        }
    }

    @Test("a code that is followed anew must be verified anew")
    func anew() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let old = try await Self.onlySubscription(of: account, by: service)
            #expect(
                try await service.call("DELETE", "\(account)/subscriptions/\(old)").status == 204)
            let new = try await service.addSubscription(customer.code.text, as: account)
            #expect(new != old)
            let got = try await service.call("GET", "\(account)/subscriptions/\(new)")
            #expect(got.json["state"].string == "pending")
            let profile = try await service.call("GET", "\(account)/customers/\(customer.code)")
            #expect(profile.problem == "404 not_found")
        }
    }

    @Test("a pending one is removed too, once, and an expired one is not there")
    func pending() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let first = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            let path = "\(account)/subscriptions/\(first)"
            let answers = try await service.atOnce(4) { _ in
                try await service.call("DELETE", path)
            }
            #expect(answers.map(\.status).sorted() == [204, 404, 404, 404])
            let second = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            service.clock.advance(seconds: 900)
            let late = try await service.call("DELETE", "\(account)/subscriptions/\(second)")
            #expect(late.problem == "404 not_found")
        }
    }

    @Test("nobody removes another account's subscription")
    func stranger() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let owner = try await service.newAccount()
            let stranger = try await service.newAccount()
            try await service.follow(customer, as: owner)
            let id = try await Self.onlySubscription(of: owner, by: service)
            let foreign = try await service.call("DELETE", "\(stranger)/subscriptions/\(id)")
            #expect(foreign.problem == "404 not_found")
            let unknown = try await service.call(
                "DELETE", "\(stranger)/subscriptions/\(TestRequest.unknownId())")
            #expect(foreign.comparable == unknown.comparable)
            let nobody = try await service.call(
                "DELETE", "/v1/accounts/\(TestRequest.unknownId())/subscriptions/\(id)")
            #expect(foreign.comparable == nobody.comparable)
            let profile = try await service.call("GET", "\(owner)/customers/\(customer.code)")
            #expect(profile.status == 200)
        }
    }

    @Test("another follower of the code goes on following it")
    func otherFollower() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let goes = try await service.newAccount()
            let stays = try await service.newAccount()
            try await service.follow(customer, as: goes)
            try await service.follow(customer, as: stays)
            let id = try await Self.onlySubscription(of: goes, by: service)
            #expect(
                try await service.call("DELETE", "\(goes)/subscriptions/\(id)").status == 204)
            let profile = try await service.call("GET", "\(stays)/customers/\(customer.code)")
            #expect(profile.status == 200)
        }
    }

    @Test("what is no UUID is named as the parameter")
    func malformed() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.call("DELETE", "\(account)/subscriptions/1")
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["subscription"])
        }
    }

    @Test("without a signature nothing is removed")
    func unsigned() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let id = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            let answer = try await service.callUnsigned("DELETE", "\(account)/subscriptions/\(id)")
            #expect(answer.problem == "401 unauthenticated")
            let got = try await service.call("GET", "\(account)/subscriptions/\(id)")
            #expect(got.status == 200)
        }
    }
}
