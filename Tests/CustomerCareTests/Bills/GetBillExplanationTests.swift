import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("getBillExplanation")
struct GetBillExplanationTests {
    /// A bill of a home that is right: 150 kWh from 1 to 31 October 2026.
    private static func bill(_ month: String = "2026-10") -> TestBill {
        var bill = TestBill(month)
        bill.readings = [TestBill.reading(opening: 100, closing: 250)]
        return bill
    }

    /// Makes the bill of a month the one of October 2026 with 150 kWh, or with other figures.
    private static func set(
        _ customer: TestCustomer, _ month: String, kWh: Int = 150, amount: Int = 320_700,
        vat: Int = 25_656, tierThree: Int = 50, in service: TestService
    ) async throws {
        try await service.database.script(
            """
            update bills set period_start = '\(month)-01',
                period_end = ('\(month)-01'::date + interval '1 month')::date - 1,
                consumption_kwh = \(kWh), amount_excluding_vat = \(amount), vat = \(vat),
                total = \(amount + vat), lines = '[
                {"kind":"tier","tier":1,"register":null,"quantityKWh":50,"unitPrice":1984,
                    "amount":99200},
                {"kind":"tier","tier":2,"register":null,"quantityKWh":50,"unitPrice":2050,
                    "amount":102500},
                {"kind":"tier","tier":3,"register":null,"quantityKWh":\(tierThree),
                    "unitPrice":2380,"amount":\(tierThree * 2_380)}]'
            where customer_code = '\(customer.code)' and month = '\(month)-01'
            """)
    }

    @Test("a right bill is recomputed line by line and matches")
    func match() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [Self.bill()]
            let path = try await service.followed(customer) + "/bills/2026-10/explanation"
            try await Self.set(customer, "2026-10", in: service)
            let answer = try await service.call("GET", path) { $0.set("accept-language", "en") }
            #expect(answer.status == 200)
            #expect(
                answer.json.names == [
                    "customerCode", "month", "explanation", "reconciliation", "change",
                    "changeReason", "reason", "asOf",
                ])
            let explanation = answer.json["explanation"]
            #expect(answer.json["reconciliation"]["status"].string == "match")
            #expect(answer.json["reconciliation"]["differenceVND"].int == 0)
            #expect(explanation["calculation"]["total"].int == 346_356)
            #expect(explanation["issued"]["total"].int == 346_356)
            let lines = explanation["lines"].items
            #expect(lines.map { $0["computed"]["amount"].int } == [99_200, 102_500, 119_000])
            #expect(lines.map { $0["issued"]["amount"].int } == [99_200, 102_500, 119_000])
            #expect(lines.allSatisfy { $0["agrees"].bool == true })
            #expect(explanation["readings"][0]["computedKWh"].int == 150)
            #expect(answer.json["change"].isNull)
            #expect(answer.json["changeReason"].string == "no_previous_bill")
            #expect(answer.json["reason"].isNull)
            #expect(answer.headers["content-language"] == "en")
        }
    }

    @Test("one đồng too much in the tax, a line or the kWh is a mismatch that says so")
    func mismatch() async throws {
        try await TestService.run { service in
            for (kWh, amount, vat, tierThree, difference) in [
                (150, 320_700, 25_657, 50, Int64(1)), (150, 320_701, 25_656, 50, 1),
                (150, 320_699, 25_656, 50, -1), (150, 323_080, 25_846, 51, 2_570),
                (151, 320_700, 25_656, 50, 0),
            ] {
                var customer = try TestCustomer()
                customer.bills = [Self.bill()]
                let path = try await service.followed(customer) + "/bills/2026-10/explanation"
                try await Self.set(
                    customer, "2026-10", kWh: kWh, amount: amount, vat: vat, tierThree: tierThree,
                    in: service)
                let json = try await service.call("GET", path).json
                #expect(json["reconciliation"]["status"].string == "mismatch")
                #expect(json["reconciliation"]["differenceVND"].int == difference)
            }
        }
    }

    @Test("the change since the month before is split into causes that add up exactly")
    func change() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-09"), Self.bill()]
            let path = try await service.followed(customer) + "/bills/2026-10/explanation"
            try await Self.set(customer, "2026-10", in: service)
            let json = try await service.call("GET", path).json
            let change = json["change"]
            #expect(json["changeReason"].isNull)
            #expect(change["previousMonth"].string == "2026-09")
            let parts = ["days", "kwh", "tierShift", "price", "vat", "unexplained"]
            let sum = try parts.reduce(Int64(0)) { $0 + (try #require(change[$1].int)) }
            #expect(sum == change["total"].int)
            #expect(change["total"].int == 238_356)
            #expect(change["price"].int == 0)
            // The bill before was made up and is not what the law says.
            #expect(change["unexplained"].int != 0)
        }
    }

    @Test("without a bill the explanation is null, with the reason of getBill")
    func noBill() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer())
            for (month, reason) in [
                ("2026-11", "not_issued_yet"), ("2026-10", "no_bill"), ("2026-12", "future_month"),
            ] {
                let answer = try await service.call("GET", "\(path)/bills/\(month)/explanation")
                #expect(answer.status == 200)
                #expect(answer.json["explanation"].isNull)
                #expect(answer.json["reconciliation"].isNull)
                #expect(answer.json["change"].isNull)
                #expect(answer.json["reason"].string == reason)
            }
        }
    }

    @Test("what cannot be computed says why instead of guessing")
    func notComputable() async throws {
        try await TestService.run { service in
            for (change, reason) in [
                ("period_start = '2019-03-01', period_end = '2019-03-31'", "before_first_tariff"),
                ("period_start = '2026-08-01', period_end = '2026-10-31'", "period_too_long"),
                ("readings = '[{}]'", "not_computable"), ("lines = '[1]'", "not_computable"),
                (
                    "lines = '[{\"tier\":1,\"quantityKWh\":1.5,\"unitPrice\":1,\"amount\":1}]'",
                    "not_computable"
                ),
            ] {
                var customer = try TestCustomer()
                customer.bills = [Self.bill()]
                let path = try await service.followed(customer) + "/bills/2026-10/explanation"
                try await service.database.script(
                    "update bills set \(change) where customer_code = '\(customer.code)'")
                let answer = try await service.call("GET", path)
                #expect(answer.status == 200)
                #expect(answer.json["explanation"].isNull)
                #expect(answer.json["reconciliation"].isNull)
                #expect(answer.json["change"].isNull)
                #expect(answer.json["reason"].string == reason, "\(change)")
            }
        }
    }

    @Test("outside homes purpose and voltage are known by the prices, or by the bill before")
    func nonResidential() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.usagePurpose = .nonResidential
            customer.householdCount = 0
            customer.bills = [TestBill("2026-09"), TestBill("2026-10")]
            let path = try await service.followed(customer) + "/bills/2026-10/explanation"
            func set(_ month: String, unitPrice: Int, amount: Int) async throws {
                try await service.database.script(
                    """
                    update bills set period_start = '\(month)-01',
                        period_end = ('\(month)-01'::date + interval '1 month')::date - 1,
                        amount_excluding_vat = \(amount), vat = \((amount * 8 + 50) / 100),
                        total = \(amount + (amount * 8 + 50) / 100), lines = '[{"kind":"register",
                        "tier":null,"register":"total","quantityKWh":50,
                        "unitPrice":\(unitPrice),"amount":\(amount)}]'
                    where customer_code = '\(customer.code)' and month = '\(month)-01'
                    """)
            }
            try await set("2026-10", unitPrice: 1_234, amount: 61_700)
            let unknown = try await service.call("GET", path)
            #expect(unknown.json["reason"].string == "pricing_unknown")
            try await set("2026-09", unitPrice: 1_987, amount: 99_350)
            let wrong = try await service.call("GET", path).json
            #expect(wrong["explanation"]["calculation"]["purpose"].string == "production")
            #expect(wrong["reconciliation"]["status"].string == "mismatch")
            try await set("2026-10", unitPrice: 3_108, amount: 155_400)
            let right = try await service.call("GET", path).json
            #expect(right["explanation"]["calculation"]["purpose"].string == "business")
            let part = right["explanation"]["calculation"]["parts"][0]
            #expect(part["voltageClass"].string == "6_to_22kv")
            #expect(right["reconciliation"]["status"].string == "match")
            #expect(right["changeReason"].string == "other_pricing")
        }
    }

    @Test("a withdrawn bill before is none to compare with")
    func withdrawn() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var before = TestBill("2026-09")
            before.status = .cancelled
            customer.bills = [before, Self.bill()]
            let path = try await service.followed(customer) + "/bills/2026-10/explanation"
            let json = try await service.call("GET", path).json
            #expect(json["changeReason"].string == "no_previous_bill")
        }
    }

    @Test("a stranger, a caller without a signature and a malformed month see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer())
            try await service.expectStrangersRefused(path + "/bills/2026-10/explanation")
            try await service.expectUnsignedRefused(path + "/bills/2026-10/explanation")
            let malformed = try await service.call("GET", path + "/bills/2026-13/explanation")
            #expect(malformed.wrongFields == ["month"])
            try await service.expectRevalidation(
                path + "/bills/2026-10/explanation", caching: "private, no-cache")
        }
    }
}
