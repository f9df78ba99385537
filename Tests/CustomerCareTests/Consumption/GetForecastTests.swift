import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Get the forecast")
struct GetForecastTests {
    /// A customer whose meter was read at the ends of these months.
    private static func customer(
        _ months: [(String, Int)], next: String? = nil
    ) throws -> TestCustomer {
        var customer = try TestCustomer()
        customer.bills = months.map { TestBill.whole($0.0, kWh: $0.1) }
        customer.nextReadingOn = next.flatMap { LocalDate($0) }
        return customer
    }

    @Test("the running period is told with what it will come to, by the prices in force")
    func forecast() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let customer = try Self.customer(
                [("2026-08", 155), ("2026-09", 150), ("2026-10", 155)], next: "2026-11-30")
            let path = try await service.followed(customer) + "/forecast"
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(answer.json["month"].string == "2026-11")
            #expect(answer.json["periodStart"].string == "2026-11-01")
            #expect(answer.json["expectedPeriodEnd"].string == "2026-11-30")
            #expect(answer.json["days"].int == 30)
            #expect(answer.json["daysElapsed"].int == 25)
            let middle = answer.json["forecast"]["middle"]
            #expect(middle["consumptionKWh"].int == 150)
            let calculated = try await service.callUnsigned(
                "POST", "/v1/tariff-calculations",
                #"{"from":"2026-11-01","to":"2026-11-30","kwh":150}"#)
            #expect(middle["total"].int == calculated.json["total"].int)
            #expect(answer.json["forecast"]["basedOnMonths"].int == 3)
            #expect(answer.json["reason"].isNull)
        }
    }

    @Test("outside homes the kWh are told, and no amount is made up")
    func nonResidential() async throws {
        try await TestService.run { service in
            var customer = try Self.customer(
                [("2026-08", 3_100), ("2026-09", 3_000), ("2026-10", 3_100)])
            customer.usagePurpose = .nonResidential
            let path = try await service.followed(customer) + "/forecast"
            let answer = try await service.call("GET", path)
            #expect(answer.json["forecast"]["middle"]["consumptionKWh"].int == 3_100)
            #expect(answer.json["forecast"]["middle"]["total"].isNull)
            #expect(answer.json["expectedPeriodEnd"].string == "2026-12-01")
        }
    }

    @Test("too little, too old or withdrawn history is insufficient, never a zero")
    func insufficient() async throws {
        try await TestService.run(at: "2027-03-01T00:00:00") { service in
            var withdrawn = try Self.customer(
                [("2026-12", 100), ("2027-01", 100), ("2027-02", 100)])
            withdrawn.bills[1].status = .cancelled
            let cases = [
                try Self.customer([]), try Self.customer([("2027-01", 100), ("2027-02", 100)]),
                try Self.customer([("2026-10", 100), ("2026-11", 100), ("2026-12", 100)]),
                withdrawn,
            ]
            for (index, customer) in cases.enumerated() {
                let path = try await service.followed(customer) + "/forecast"
                let answer = try await service.call("GET", path)
                // 60 days since the end of December: still young enough.
                let isKnown = index == 2
                #expect(answer.json["forecast"].isNull != isKnown, "\(index)")
                #expect((answer.json["reason"].string == "insufficient_data") != isKnown)
            }
        }
    }

    @Test(
        "days elapse at midnight in Vietnam, and the period ends where it must",
        arguments: [
            ("2026-10-31T23:59:59", 0, "2026-11-30"), ("2026-11-01T00:00:00", 1, "2026-11-30"),
            ("2026-12-31T23:59:59", 61, "2026-12-31"), ("2027-01-01T00:00:00", 62, "2027-01-01"),
        ])
    func days(now: String, elapsed: Int64, end: String) async throws {
        try await TestService.run(at: now) { service in
            var customer = try Self.customer([("2026-08", 155), ("2026-09", 150)])
            var last = TestBill.whole("2026-10", kWh: 150)
            last.period = ("2026-10-02", "2026-10-31")
            customer.bills.append(last)
            let path = try await service.followed(customer) + "/forecast"
            let answer = try await service.call("GET", path)
            #expect(answer.json["daysElapsed"].int == elapsed)
            #expect(answer.json["expectedPeriodEnd"].string == end)
            #expect(!answer.json["forecast"].isNull)
            service.clock.advance(seconds: 86_400 * (63 - elapsed))
            let late = try await service.call("GET", path)
            #expect(late.json["month"].isNull)
            #expect(late.json["reason"].string == "insufficient_data")
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/forecast"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
