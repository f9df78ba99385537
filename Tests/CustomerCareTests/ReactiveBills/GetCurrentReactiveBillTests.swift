import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("getCurrentReactiveBill")
struct GetCurrentReactiveBillTests {
    @Test(
        "the month is that of Vietnam, to the second",
        arguments: [
            // 17:00Z is midnight in Vietnam.
            ("2026-10-31T23:59:59", "2026-10", false), ("2026-11-01T00:00:00", "2026-11", true),
            ("2026-12-31T23:59:59", "2026-12", true), ("2027-01-01T00:00:00", "2027-01", true),
            ("2024-02-29T23:59:59", "2024-02", true), ("2024-03-01T00:00:00", "2024-03", true),
        ])
    func month(now: String, month: String, isEmpty: Bool) async throws {
        try await TestService.run(at: now) { service in
            var customer = try ReactiveFixture.business(capacityKW: 100)
            customer.bills = ReactiveFixture.bills(
                "2026-10", kWh: 1_000, kvarh: 750, powerFactor: 8_000, coefficient: 1_250,
                charge: 394_000, vat: 31_520)
            let path = try await service.followed(customer) + "/reactive-bills/current"
            let json = try await service.call("GET", path).json
            #expect(json["month"].string == month)
            #expect(json["bill"].isNull == isEmpty)
            #expect(json["reason"].string == (isEmpty ? "not_issued_yet" : nil))
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/reactive-bills/current"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)/reactive-bills/current"
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
