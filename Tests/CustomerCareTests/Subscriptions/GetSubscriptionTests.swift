import Electricity
import JSON
import Testing

@testable import CustomerCare

/// GET /v1/accounts/{account}/subscriptions/{subscription}.
@Suite("getSubscription")
struct GetSubscriptionTests {
    @Test("a subscription is read as it was added")
    func works() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let added = try await service.call(
                "POST", "\(account)/subscriptions",
                TestService.declaring([try TestCustomer.newCode().text]))
            let id = try #require(added.json["items"][0]["subscriptionId"].string)
            let got = try await service.call("GET", "\(account)/subscriptions/\(id)")
            #expect(got.status == 200)
            #expect(got.json == added.json["items"][0])
            let tag = try #require(got.headers["etag"])
            let again = try await service.call("GET", "\(account)/subscriptions/\(id)") {
                $0.set("if-none-match", tag)
            }
            #expect(again.status == 304)
        }
    }

    @Test("another account's subscription answers as one that is not there")
    func stranger() async throws {
        try await TestService.run { service in
            let owner = try await service.newAccount()
            let stranger = try await service.newAccount()
            let id = try await service.addSubscription(
                try TestCustomer.newCode().text, as: owner)
            let foreign = try await service.call("GET", "\(stranger)/subscriptions/\(id)")
            #expect(foreign.problem == "404 not_found")
            let unknown = try await service.call(
                "GET", "\(stranger)/subscriptions/\(TestRequest.unknownId())")
            #expect(foreign.comparable == unknown.comparable)
            let nobody = try await service.call(
                "GET", "/v1/accounts/\(TestRequest.unknownId())/subscriptions/\(id)")
            #expect(foreign.comparable == nobody.comparable)
        }
    }

    @Test("a pending subscription is gone after fifteen minutes")
    func expiry() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let id = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            service.clock.advance(seconds: 899)
            let live = try await service.call("GET", "\(account)/subscriptions/\(id)")
            #expect(live.status == 200)
            service.clock.advance(seconds: 1)
            let gone = try await service.call("GET", "\(account)/subscriptions/\(id)")
            #expect(gone.problem == "404 not_found")
        }
    }

    @Test("an active subscription does not expire")
    func active() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            service.clock.advance(seconds: 400 * 86_400)
            let list = try await service.call("GET", "\(account)/subscriptions")
            let id = try #require(list.json["items"][0]["subscriptionId"].string)
            let got = try await service.call("GET", "\(account)/subscriptions/\(id)")
            #expect(got.json["state"].string == "active")
        }
    }

    @Test("each id that is no UUID is named")
    func malformed() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.call("GET", "\(account)/subscriptions/x")
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["subscription"])
        }
    }

    @Test("without a signature nothing is read")
    func unsigned() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let id = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            let answer = try await service.callUnsigned("GET", "\(account)/subscriptions/\(id)")
            #expect(answer.problem == "401 unauthenticated")
        }
    }
}
