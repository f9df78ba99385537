import JSON
import Testing

@testable import CustomerCare

@Suite("getPayment")
struct GetPaymentTests {
    @Test("a payment is shown to its account and to nobody else")
    func shown() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer()
            let created = try await service.pay(payer)
            let id = try #require(created.json["paymentId"].string)
            let account = try #require(created.json["accountId"].string)
            let path = "/v1/payments/\(id)?account=\(account)"
            let answer = try await service.call("GET", path)
            #expect(answer.text == created.text)
            try await service.expectRevalidation(path, caching: "private, no-cache")
            let stranger = try await service.newAccount().split(separator: "/").last ?? ""
            let foreign = try await service.call("GET", "/v1/payments/\(id)?account=\(stranger)")
            #expect(foreign.problem == "404 not_found")
            #expect(try await service.call("GET", "/v1/payments/\(id)").wrongFields == ["account"])
            #expect(
                try await service.call("GET", "/v1/payments/1?account=\(account)").wrongFields
                    == ["payment"])
        }
    }
}
