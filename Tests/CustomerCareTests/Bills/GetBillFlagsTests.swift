import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Get the flags of a bill")
struct GetBillFlagsTests {
    @Test("a rise is told beside the months before and the same month last year")
    func rise() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [
                TestBill.whole("2025-10", kWh: 310), TestBill.whole("2026-07", kWh: 310),
                TestBill.whole("2026-08", kWh: 310), TestBill.whole("2026-09", kWh: 300),
                TestBill.whole("2026-10", kWh: 465),
            ]
            let path = try await service.followed(customer) + "/bills"
            let answer = try await service.call("GET", path + "/2026-10/flags")
            #expect(answer.status == 200)
            let flags = answer.json["flags"].items
            #expect(
                flags.map { $0["flag"].string } == ["rise_over_30_percent", "rise_over_30_percent"])
            #expect(
                flags.map { $0["comparedWith"].string } == ["monthsBefore", "sameMonthLastYear"])
            #expect(flags.map { $0["changePercent"].int } == [50, 50])
            #expect(answer.json["reason"].isNull)
            let calm = try await service.call("GET", path + "/2026-09/flags")
            #expect(calm.json["flags"].items.isEmpty && !calm.json["flags"].isNull)
        }
    }

    @Test("estimated readings, readings below the former and no use at all are told")
    func readings() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var odd = TestBill.whole("2026-10", kWh: 0)
            odd.readings = [
                TestBill.reading(serial: "1", opening: 500, closing: 400),
                TestBill.reading(serial: "2", opening: 10, closing: 10, isEstimated: true),
            ]
            customer.bills = [TestBill.whole("2026-09", kWh: 90), odd]
            let path = try await service.followed(customer) + "/bills/2026-10/flags"
            let flags = try await service.call("GET", path).json["flags"].items
            #expect(
                flags.map { $0["flag"].string }
                    == ["zero_use", "reading_below_previous", "estimated_reading"])
            #expect(flags[1]["meterSerialNumber"].string == "1")
            #expect(flags[1]["openingReading"].int == 500)
            #expect(flags[1]["closingReading"].int == 400)
            #expect(flags[2]["meterSerialNumber"].string == "2")
        }
    }

    @Test("a month without a bill has no flags but a reason")
    func none() async throws {
        try await TestService.run(at: "2026-12-31T23:59:59") { service in
            var customer = try TestCustomer()
            var withdrawn = TestBill.whole("2026-10", kWh: 500)
            withdrawn.revision = 2
            withdrawn.status = .cancelled
            customer.bills = [TestBill.whole("2026-10", kWh: 500), withdrawn]
            let path = try await service.followed(customer) + "/bills"
            for (month, reason) in [
                ("2026-10", "cancelled"), ("2026-11", "no_bill"), ("2026-12", "not_issued_yet"),
                ("2027-01", "future_month"),
            ] {
                let answer = try await service.call("GET", path + "/\(month)/flags")
                #expect(answer.json["flags"].isNull)
                #expect(answer.json["reason"].string == reason, "\(month)")
            }
            service.clock.advance(seconds: 1)
            let answer = try await service.call("GET", path + "/2027-01/flags")
            #expect(answer.json["reason"].string == "not_issued_yet")
        }
    }

    @Test("a stranger, a caller without a signature and a malformed month see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills"
            try await service.expectStrangersRefused(path + "/2026-10/flags")
            try await service.expectUnsignedRefused(path + "/2026-10/flags")
            let malformed = try await service.call("GET", path + "/2026-00/flags")
            #expect(malformed.wrongFields == ["month"])
            try await service.expectRevalidation(
                path + "/2026-10/flags", caching: "private, no-cache")
        }
    }
}
