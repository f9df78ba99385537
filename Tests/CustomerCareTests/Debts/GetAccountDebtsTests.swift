import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("getAccountDebts")
struct GetAccountDebtsTests {
    @Test("the debts of all verified codes are told by code, with their sums")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var first = try TestCustomer()
            first.credit = 1_000
            first.bills = [TestBill("2026-09"), TestBill("2026-10")]
            var second = try TestCustomer()
            second.credit = 2_000
            second.bills = [TestBill("2026-11")]
            let third = try TestCustomer()
            let account = try await service.newAccount()
            // Not in the order of the codes.
            for customer in [second, third, first] {
                try await service.add(customer)
                try await service.follow(customer, as: account)
            }
            let answer = try await service.call("GET", account + "/debts")
            #expect(answer.status == 200)
            #expect(answer.json.names == ["asOf", "customers", "total", "credit"])
            #expect(answer.json["asOf"].string == "2026-11-25T10:00:00+07:00")
            #expect(answer.json["total"].int == 324_000)
            #expect(answer.json["credit"].int == 3_000)
            let customers = answer.json["customers"].items
            #expect(
                customers.map { $0["customerCode"].string }
                    == [first.code.text, second.code.text, third.code.text])
            #expect(customers.map { $0["total"].int } == [216_000, 108_000, 0])
            for (index, customer) in [first, second, third].enumerated() {
                let one = try await service.call(
                    "GET", "\(account)/customers/\(customer.code)/debts")
                #expect(one.json == customers[index])
            }
        }
    }

    @Test("an account without codes owes nothing, and nothing is known as of a time")
    func empty() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.call("GET", account + "/debts")
            #expect(answer.status == 200)
            #expect(answer.text == #"{"asOf":null,"customers":[],"total":0,"credit":0}"#)
        }
    }

    @Test("a code that is not verified, or removed again, is left out")
    func unverified() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            try await service.add(customer)
            let account = try await service.newAccount()
            let subscription = try await service.addSubscription(customer.code.text, as: account)
            let pending = try await service.call("GET", account + "/debts")
            #expect(pending.json["customers"] == .array([]))
            try await service.follow(customer, as: account)
            let followed = try await service.call("GET", account + "/debts")
            #expect(followed.json["total"].int == 108_000)
            let removed = try await service.call(
                "DELETE", "\(account)/subscriptions/\(subscription)")
            #expect(removed.status == 204)
            let after = try await service.call("GET", account + "/debts")
            #expect(after.json["customers"] == .array([]))
            #expect(after.json["total"].int == 0)
        }
    }

    @Test("the oldest data tells as of when the whole is known")
    func asOf() async throws {
        try await TestService.run(at: "2026-11-20T08:00:00") { service in
            let account = try await service.newAccount()
            let older = try await service.add(try TestCustomer())
            try await service.follow(older, as: account)
            try service.clock.set("2026-11-25T10:00:00")
            let newer = try await service.add(try TestCustomer())
            try await service.follow(newer, as: account)
            let answer = try await service.call("GET", account + "/debts")
            #expect(answer.json["asOf"].string == "2026-11-20T08:00:00+07:00")
        }
    }

    @Test("ten codes are told at once")
    func tenCodes() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            for _ in 0..<10 {
                var customer = try TestCustomer()
                customer.bills = [TestBill("2026-10")]
                try await service.add(customer)
                try await service.follow(customer, as: account)
            }
            let answer = try await service.call("GET", account + "/debts")
            #expect(answer.json["customers"].items.count == 10)
            #expect(answer.json["total"].int == 1_080_000)
        }
    }

    @Test("an unknown account is 404, a malformed one 422, an unsigned call 401")
    func refused() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            try await service.expectUnsignedRefused(account + "/debts")
            try await service.expectRevalidation(account + "/debts", caching: "private, no-cache")
            let unknown = try await service.call(
                "GET", "/v1/accounts/0192f1a0-0000-7000-8000-00000000dead/debts")
            #expect(unknown.status == 404)
            let malformed = try await service.call("GET", "/v1/accounts/x/debts")
            #expect(malformed.status == 422)
            #expect(malformed.wrongFields == ["account"])
        }
    }
}
