import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("getConsumption")
struct GetConsumptionTests {
    private static func months(_ answer: TestAnswer) -> [String] {
        answer.json["items"].items.compactMap { $0["month"].string }
    }

    @Test("each month has its kWh, days and kWh a day, oldest first")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try TestCustomer()
            customer.bills = [
                .whole("2026-11", kWh: 301), .whole("2026-10", kWh: 265, isEstimated: true),
            ]
            let path = try await service.followed(customer) + "/consumption"
            let answer = try await service.call("GET", path + "?from=2026-10&to=2026-11")
            #expect(answer.status == 200)
            #expect(answer.json.names == ["customerCode", "from", "to", "items", "asOf"])
            #expect(Self.months(answer) == ["2026-10", "2026-11"])
            let october = answer.json["items"][0]
            #expect(
                october.names == [
                    "month", "reason", "periodStart", "periodEnd", "days", "consumptionKWh",
                    "kWhPerDay", "isEstimated",
                ])
            #expect(october["reason"].isNull)
            #expect(october["periodStart"].string == "2026-10-01")
            #expect(october["periodEnd"].string == "2026-10-31")
            #expect(october["days"].int == 31)
            #expect(october["consumptionKWh"].int == 265)
            #expect(october["kWhPerDay"] == .real(8.55))
            #expect(october["isEstimated"].bool == true)
            let november = answer.json["items"][1]
            #expect(november["days"].int == 30)
            #expect(november["kWhPerDay"] == .real(10.03))
            #expect(november["isEstimated"].bool == false)
        }
    }

    @Test("a month without a bill stands there with the reason, and is no zero")
    func gaps() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try TestCustomer()
            var cancelled = TestBill.whole("2026-09", kWh: 100)
            cancelled.revision = 2
            cancelled.status = .cancelled
            customer.bills = [
                .whole("2026-09", kWh: 100), cancelled, .whole("2026-10", kWh: 0),
            ]
            let path = try await service.followed(customer) + "/consumption"
            let answer = try await service.call("GET", path + "?from=2026-08&to=2026-12")
            let items = answer.json["items"].items
            #expect(
                items.map { $0["reason"].string } == [
                    "no_bill", "cancelled", nil, "not_issued_yet", "future_month",
                ])
            for index in [0, 1, 3, 4] {
                for name in ["periodStart", "periodEnd", "days", "consumptionKWh", "kWhPerDay"] {
                    #expect(items[index][name].isNull)
                }
            }
            #expect(items[2]["consumptionKWh"].int == 0)
            #expect(items[2]["kWhPerDay"].int == 0)
        }
    }

    @Test("the newest revision counts, and the periods of a month are one")
    func revisionsAndPeriods() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var corrected = TestBill.whole("2026-10", kWh: 250)
            corrected.revision = 2
            corrected.status = .corrected
            var second = TestBill.whole("2026-09", kWh: 40, isEstimated: true)
            second.periodNumber = 2
            second.period = ("2026-09-16", "2026-09-30")
            var first = TestBill.whole("2026-09", kWh: 60)
            first.period = ("2026-09-01", "2026-09-15")
            var reactive = TestBill.whole("2026-10", kWh: 999)
            reactive.kind = "reactive"
            reactive.lines = TestBill.reactiveLine
            customer.bills = [.whole("2026-10", kWh: 300), corrected, first, second, reactive]
            let path = try await service.followed(customer) + "/consumption?from=2026-09&to=2026-10"
            let items = try await service.call("GET", path).json["items"].items
            #expect(items.map { $0["consumptionKWh"].int } == [100, 250])
            #expect(items.map { $0["days"].int } == [30, 31])
            #expect(items.map { $0["isEstimated"].bool } == [true, false])
        }
    }

    @Test("February has 29 days in a leap year and 28 in another")
    func leapYear() async throws {
        try await TestService.run(at: "2024-02-29T23:59:59") { service in
            var customer = try TestCustomer()
            customer.bills = [.whole("2024-02", kWh: 290), .whole("2025-02", kWh: 280)]
            let path = try await service.followed(customer) + "/consumption"
            let leap = try await service.call("GET", path + "?from=2024-02&to=2024-02")
            #expect(leap.json["items"][0]["days"].int == 29)
            #expect(leap.json["items"][0]["kWhPerDay"].int == 10)
            let other = try await service.call("GET", path + "?from=2025-02&to=2025-02")
            #expect(other.json["items"][0]["days"].int == 28)
            #expect(other.json["items"][0]["kWhPerDay"].int == 10)
        }
    }

    @Test(
        "without a range it is the twelve months up to this one in Vietnam",
        arguments: [
            // 17:00Z is midnight in Vietnam.
            ("2026-12-31T23:59:59", "2026-01", "2026-12"),
            ("2027-01-01T00:00:00", "2026-02", "2027-01"),
            ("2024-02-29T23:59:59", "2023-03", "2024-02"),
            ("2024-03-01T00:00:00", "2023-04", "2024-03"),
        ])
    func usualRange(now: String, first: String, last: String) async throws {
        try await TestService.run(at: now) { service in
            let path = try await service.followed(try TestCustomer()) + "/consumption"
            let answer = try await service.call("GET", path)
            #expect(answer.json["from"].string == first)
            #expect(answer.json["to"].string == last)
            #expect(Self.months(answer).count == 12)
            #expect(Self.months(answer).first == first)
            #expect(Self.months(answer).last == last)
            #expect(
                answer.json["items"].items.map { $0["reason"].string }
                    == Array(repeating: "no_bill", count: 11) + ["not_issued_yet"])
        }
    }

    @Test("one end of a range gives the other")
    func halfRanges() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let path = try await service.followed(try TestCustomer()) + "/consumption"
            for (query, first, last, count) in [
                ("?from=2026-10", "2026-10", "2026-11", 2),
                ("?from=2027-03", "2027-03", "2027-03", 1),
                ("?to=2025-03", "2024-04", "2025-03", 12),
                ("?from=2023-12&to=2026-11", "2023-12", "2026-11", 36),
                ("?to=0001-01", "0001-01", "0001-01", 1),
                ("?from=9999-12&to=9999-12", "9999-12", "9999-12", 1),
            ] {
                let answer = try await service.call("GET", path + query)
                #expect(answer.status == 200, "\(query)")
                #expect(Self.months(answer).first == first, "\(query)")
                #expect(Self.months(answer).last == last, "\(query)")
                #expect(Self.months(answer).count == count, "\(query)")
            }
        }
    }

    @Test(
        "a wrong range is refused and named",
        arguments: [
            ("from=2026-13", ["from"]), ("to=11%2F2026", ["to"]), ("from=&to=", ["from", "to"]),
            ("from=2026-11&to=2026-10", ["from"]), ("from=2023-11&to=2026-11", ["from"]),
            ("from=2023-11", ["from"]), ("from=0001-01&to=9999-12", ["from"]),
            ("from=2026-01&from=2026-02", ["from"]),
        ])
    func wrongRange(query: String, names: [String]) async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let path = try await service.followed(try TestCustomer()) + "/consumption"
            let answer = try await service.call("GET", "\(path)?\(query)")
            #expect(answer.status == 422)
            #expect(answer.code == "invalid_request")
            #expect(answer.wrongFields == names)
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/consumption"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)/consumption"
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
