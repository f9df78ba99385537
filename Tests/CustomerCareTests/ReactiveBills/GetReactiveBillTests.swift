import Electricity
import JSON
import Testing

@testable import CustomerCare

/// Customers outside homes with bills for reactive power, for the tests of both operations.
enum ReactiveFixture {
    /// The price of a kWh in standard hours for business at low voltage (1279/QĐ-BCT).
    static let unitPrice = 3_152

    /// A business of so many kW.
    static func business(capacityKW: Int?) throws -> TestCustomer {
        var customer = try TestCustomer()
        customer.usagePurpose = .nonResidential
        customer.householdCount = 0
        customer.contractedCapacityKW = capacityKW
        return customer
    }

    /// The active-energy bill of a whole month and, beside it, the one for reactive power.
    static func bills(
        _ month: String, kWh: Int, kvarh: Int, powerFactor: Int?, coefficient: Int, charge: Int64,
        vat: Int64
    ) -> [TestBill] {
        let base = kWh * unitPrice
        var active = TestBill.whole(month, kWh: kWh)
        active.amountExcludingVAT = Int64(base)
        active.total = Int64(base) + (Int64(base) * 8 + 50) / 100
        active.lines =
            kWh == 0
            ? "[]"
            : #"[{"kind":"register","tier":null,"register":"total","quantityKWh":\#(kWh),"#
                + #""unitPrice":\#(unitPrice),"amount":\#(base)}]"#
        var reactive = TestBill.whole(month, kWh: kWh)
        reactive.kind = "reactive"
        reactive.amountExcludingVAT = charge
        reactive.total = charge + vat
        reactive.readings = [
            #"{"meterSerialNumber":"12345678","openingReading":0,"closingReading":\#(kvarh),"#
                + #""multiplier":1,"reactiveEnergyKvarh":\#(kvarh),"isEstimated":false}"#
        ]
        let factor = powerFactor.map(String.init) ?? "null"
        reactive.lines =
            #"[{"reactiveEnergyKvarh":\#(kvarh),"powerFactorTenThousandths":\#(factor),"#
            + #""coefficientBasisPoints":\#(coefficient),"baseAmount":\#(base)}]"#
        return [active, reactive]
    }
}

@Suite("getReactiveBill")
struct GetReactiveBillTests {
    private static func path(
        _ service: TestService, _ customer: TestCustomer, _ month: String = "2026-10"
    ) async throws -> String {
        try await service.followed(customer) + "/reactive-bills/" + month
    }

    @Test("a low cosφ is charged for: the bill, and the whole computation beside it")
    func charged() async throws {
        try await TestService.run { service in
            var customer = try ReactiveFixture.business(capacityKW: 100)
            // cosφ of 1000 kWh and 750 kvarh is 0.8, k 12.5 %.
            customer.bills = ReactiveFixture.bills(
                "2026-10", kWh: 1_000, kvarh: 750, powerFactor: 8_000, coefficient: 1_250,
                charge: 394_000, vat: 31_520)
            let path = try await Self.path(service, customer)
            let answer = try await service.call("GET", path) { $0.set("accept-language", "en") }
            #expect(answer.status == 200)
            #expect(answer.headers["content-language"] == "en")
            let json = answer.json
            #expect(
                json.names == [
                    "customerCode", "month", "applicable", "exemption", "rule", "thresholdKW",
                    "contractedCapacityKW", "bill", "reason", "calculation", "calculationReason",
                    "reconciliation", "asOf",
                ])
            #expect(json["applicable"].bool == true)
            #expect(json["exemption"].isNull && json["rule"].isNull && json["reason"].isNull)
            #expect(json["thresholdKW"].int == 40)
            #expect(json["contractedCapacityKW"].int == 100)
            let bill = json["bill"]
            #expect(bill["consumptionKWh"].int == 1_000)
            #expect(bill["reactiveEnergyKvarh"].int == 750)
            #expect(bill["powerFactor"] == .real(0.8))
            #expect(bill["coefficientPercent"] == .real(12.5))
            #expect(bill["baseAmount"].int == 3_152_000)
            #expect(bill["amountExcludingVAT"].int == 394_000)
            #expect(bill["vat"].int == 31_520)
            #expect(bill["total"].int == 425_520)
            #expect(bill["remaining"].int == 425_520)
            #expect(bill["paymentStatus"].string == "unpaid")
            #expect(bill["readings"][0]["reactiveEnergyKvarh"].int == 750)
            let calculation = json["calculation"]
            #expect(calculation["purpose"].string == "business")
            #expect(calculation["amountExcludingVAT"].int == 3_152_000)
            #expect(calculation["reactive"]["powerFactor"] == .real(0.8))
            #expect(calculation["reactive"]["coefficientPercent"] == .real(12.5))
            #expect(calculation["reactive"]["total"].int == 425_520)
            #expect(calculation["reactive"]["document"].string == "15/2014/TT-BCT")
            let codes = calculation["basis"]["rules"].items.map { $0["code"].string }
            #expect(codes.contains("reactive_charge") && codes.contains("reactive_scope"))
            #expect(json["reconciliation"]["status"].string == "match")
            #expect(json["reconciliation"]["differenceVND"].int == 0)
        }
    }

    @Test("a charge that is not what the law says is a mismatch with its difference")
    func mismatch() async throws {
        try await TestService.run { service in
            var customer = try ReactiveFixture.business(capacityKW: 100)
            customer.bills = ReactiveFixture.bills(
                "2026-10", kWh: 1_000, kvarh: 750, powerFactor: 8_000, coefficient: 1_250,
                charge: 394_001, vat: 31_520)
            let path = try await Self.path(service, customer)
            let json = try await service.call("GET", path).json
            #expect(json["reconciliation"]["status"].string == "mismatch")
            #expect(json["reconciliation"]["differenceVND"].int == 1)
            #expect(json["reconciliation"]["differenceExcludingVAT"].int == 1)
            #expect(json["reconciliation"]["vatDifference"].int == 0)
        }
    }

    @Test("a good cosφ pays nothing, by the rule, and the bill says 0")
    func goodPowerFactor() async throws {
        try await TestService.run { service in
            var customer = try ReactiveFixture.business(capacityKW: nil)
            customer.bills = ReactiveFixture.bills(
                "2026-10", kWh: 1_000, kvarh: 300, powerFactor: 9_578, coefficient: 0, charge: 0,
                vat: 0)
            let path = try await Self.path(service, customer)
            let json = try await service.call("GET", path).json
            #expect(json["applicable"].bool == false)
            #expect(json["exemption"].string == "power_factor")
            #expect(json["rule"]["code"].string == "reactive_scope")
            #expect(json["contractedCapacityKW"].isNull)
            #expect(json["bill"]["total"].int == 0)
            #expect(json["bill"]["paymentStatus"].string == "paid")
            #expect(json["calculation"]["reactive"]["powerFactor"] == .real(0.9578))
            #expect(json["reconciliation"]["status"].string == "match")
        }
    }

    @Test("nothing metered has no cosφ and pays nothing, also when no price can be told")
    func zeroEnergy() async throws {
        try await TestService.run { service in
            var customer = try ReactiveFixture.business(capacityKW: 100)
            customer.bills = ReactiveFixture.bills(
                "2026-10", kWh: 0, kvarh: 0, powerFactor: nil, coefficient: 0, charge: 0, vat: 0)
            let alone = try await service.call("GET", try await Self.path(service, customer)).json
            #expect(alone["applicable"].bool == false)
            #expect(alone["exemption"].string == "no_energy")
            #expect(alone["bill"]["powerFactor"].isNull)
            #expect(alone["bill"]["coefficientPercent"].int == 0)
            #expect(alone["calculation"].isNull)
            #expect(alone["calculationReason"].string == "pricing_unknown")
            #expect(alone["reconciliation"].isNull)

            // The month before tells the price.
            var other = try ReactiveFixture.business(capacityKW: 100)
            other.bills =
                customer.bills
                + ReactiveFixture.bills(
                    "2026-09", kWh: 10, kvarh: 0, powerFactor: 10_000, coefficient: 0, charge: 0,
                    vat: 0)
            let json = try await service.call("GET", try await Self.path(service, other)).json
            #expect(json["exemption"].string == "no_energy")
            #expect(json["calculation"]["reactive"]["powerFactor"].isNull)
            #expect(json["calculation"]["reactive"]["total"].int == 0)
            #expect(json["reconciliation"]["status"].string == "match")
        }
    }

    @Test("kvarh without kWh is a cosφ of 0, whose share of nothing is nothing")
    func onlyReactive() async throws {
        try await TestService.run { service in
            var customer = try ReactiveFixture.business(capacityKW: 100)
            customer.bills =
                ReactiveFixture.bills(
                    "2026-10", kWh: 0, kvarh: 5, powerFactor: 0, coefficient: 5_254, charge: 0,
                    vat: 0)
                + ReactiveFixture.bills(
                    "2026-09", kWh: 10, kvarh: 0, powerFactor: 10_000, coefficient: 0, charge: 0,
                    vat: 0)
            let json = try await service.call("GET", try await Self.path(service, customer)).json
            #expect(json["bill"]["powerFactor"].int == 0)
            #expect(json["calculation"]["reactive"]["coefficientPercent"] == .real(52.54))
            #expect(json["calculation"]["reactive"]["total"].int == 0)
            #expect(json["reconciliation"]["status"].string == "match")
        }
    }

    @Test("homes and small customers never pay, with the rule that says so")
    func notApplicable() async throws {
        try await TestService.run { service in
            let home = try await Self.path(service, try TestCustomer())
            let small = try await Self.path(
                service, try ReactiveFixture.business(capacityKW: 39))
            for (path, exemption) in [(home, "purpose"), (small, "capacity")] {
                let json = try await service.call("GET", path).json
                #expect(json["applicable"].bool == false)
                #expect(json["exemption"].string == exemption)
                #expect(json["rule"]["code"].string == "reactive_scope")
                #expect(json["rule"]["citation"].string?.contains("15/2014/TT-BCT") == true)
                #expect(json["bill"].isNull)
                #expect(json["reason"].string == "not_applicable")
            }
        }
    }

    @Test(
        "without a bill nobody can tell yet, and it is no zero",
        arguments: [
            ("2026-11", "not_issued_yet"), ("2026-10", "no_bill"), ("2026-12", "future_month"),
        ])
    func noBill(month: String, reason: String) async throws {
        try await TestService.run(at: "2026-11-30T23:59:59") { service in
            for capacity in [nil, 40, 1_000] {
                let customer = try ReactiveFixture.business(capacityKW: capacity)
                let path = try await Self.path(service, customer, month)
                let json = try await service.call("GET", path).json
                #expect(json["applicable"].isNull && json["exemption"].isNull)
                #expect(json["bill"].isNull && json["calculation"].isNull)
                #expect(json["reason"].string == reason)
            }
        }
    }

    @Test("before the first table of coefficients nothing applies")
    func noTable() async throws {
        try await TestService.run { service in
            let customer = try ReactiveFixture.business(capacityKW: 100)
            let path = try await Self.path(service, customer, "2010-01")
            let json = try await service.call("GET", path).json
            #expect(json["exemption"].string == "no_table")
            #expect(json["rule"].isNull && json["thresholdKW"].isNull)
        }
    }

    @Test("without the active-energy bill of the period there is no computation")
    func noActiveBill() async throws {
        try await TestService.run { service in
            var customer = try ReactiveFixture.business(capacityKW: 100)
            customer.bills = ReactiveFixture.bills(
                "2026-10", kWh: 1_000, kvarh: 750, powerFactor: 8_000, coefficient: 1_250,
                charge: 394_000, vat: 31_520
            ).filter { $0.kind == "reactive" }
            let json = try await service.call("GET", try await Self.path(service, customer)).json
            #expect(json["bill"]["total"].int == 425_520)
            #expect(json["applicable"].isNull)
            #expect(json["calculation"].isNull)
            #expect(json["calculationReason"].string == "no_active_bill")
        }
    }

    @Test("a bill without its figures does not enter the database")
    func figures() async throws {
        try await TestService.run { service in
            for lines in [
                "[]", "[{}]", #"[{"reactiveEnergyKvarh":1}]"#,
                #"[{"reactiveEnergyKvarh":"1","powerFactorTenThousandths":1,"#
                    + #""coefficientBasisPoints":1,"baseAmount":1}]"#,
            ] {
                var customer = try TestCustomer()
                var bill = TestBill("2026-10")
                bill.kind = "reactive"
                bill.lines = lines
                customer.bills = [bill]
                await #expect(throws: (any Error).self, "\(lines)") {
                    try await service.add(customer)
                }
            }
            let rows = try await service.database.script(
                "select invoice_id from bills where kind = 'reactive' and lines::text = '[]'")
            #expect(rows.isEmpty)
        }
    }

    @Test("a stranger, a wrong month and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await Self.path(service, try TestCustomer())
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)/reactive-bills/2026-10"
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
            let wrong = try await service.call(
                "GET", path.replacing("2026-10", with: "2026-13"))
            #expect(wrong.status == 422 && wrong.wrongFields == ["month"])
        }
    }
}
