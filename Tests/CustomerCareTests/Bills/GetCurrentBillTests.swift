import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("getCurrentBill")
struct GetCurrentBillTests {
    @Test("the bill of the running month is the one that getBill shows")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10"), TestBill("2026-11")]
            customer.nextReadingOn = LocalDate("2026-12-05")
            let path = try await service.followed(customer)
            let current = try await service.call("GET", path + "/bills/current")
            #expect(current.status == 200)
            #expect(current.json["month"].string == "2026-11")
            #expect(current.json["bill"]["month"].string == "2026-11")
            #expect(current.json["reason"].isNull)
            let named = try await service.call("GET", path + "/bills/2026-11")
            #expect(current.json.names == named.json.names + ["tierHeadroom"])
            #expect(named.json["bill"] == current.json["bill"])
        }
    }

    @Test("what the readings of the bill left of their tier is told")
    func headroom() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-11")]
            let path = try await service.followed(customer) + "/bills/current"
            func headroom(_ change: String) async throws -> JSONValue {
                try await service.database.script(
                    "update bills set \(change) where customer_code = '\(customer.code)'")
                return try await service.call("GET", path).json["tierHeadroom"]
            }
            let month = "period_start = '2026-10-01', period_end = '2026-10-31'"
            let inside = try await headroom("consumption_kwh = 177, " + month)
            #expect(inside.names == ["tier", "unitPrice", "remainingKWh", "nextUnitPrice"])
            #expect(inside["tier"].int == 3 && inside["unitPrice"].int == 2_380)
            #expect(inside["remainingKWh"].int == 23 && inside["nextUnitPrice"].int == 2_998)
            let edge = try await headroom("consumption_kwh = 200")
            #expect(edge["tier"].int == 4 && edge["remainingKWh"].int == 100)
            let open = try await headroom("consumption_kwh = 401")
            #expect(open["tier"].int == 6 && open["remainingKWh"].isNull)
            #expect(open["nextUnitPrice"].isNull)
            #expect(try await headroom("period_start = '2019-03-01'").isNull)
            #expect(try await headroom("status = 'cancelled', " + month).isNull)
            try await service.database.script(
                """
                update customers set household_count = 3 where customer_code = '\(customer.code)'
                """)
            let three = try await headroom("status = 'issued', consumption_kwh = 401")
            #expect(three["tier"].int == 3 && three["remainingKWh"].int == 199)
            try await service.database.script(
                """
                update customers set usage_purpose = 'nonResidential'
                where customer_code = '\(customer.code)'
                """)
            #expect(try await headroom("consumption_kwh = 177").isNull)
        }
    }

    @Test("before the bill is issued the next reading is told")
    func notIssuedYet() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            customer.nextReadingOn = LocalDate("2026-11-28")
            let path = try await service.followed(customer)
            let answer = try await service.call("GET", path + "/bills/current")
            #expect(answer.status == 200)
            #expect(answer.json["bill"].isNull)
            #expect(answer.json["reason"].string == "not_issued_yet")
            #expect(answer.json["nextReadingDate"].string == "2026-11-28")
            // Nothing is read between two bills.
            #expect(answer.json["tierHeadroom"].isNull)
        }
    }

    @Test("the month changes at midnight in Vietnam, not in Greenwich")
    func midnight() async throws {
        try await TestService.run(at: "2026-12-31T23:59:59") { service in
            let path = try await service.followed(try TestCustomer()) + "/bills/current"
            #expect(try await service.call("GET", path).json["month"].string == "2026-12")
            service.clock.advance(seconds: 1)
            // 17:00Z on 31 December.
            #expect(try await service.call("GET", path).json["month"].string == "2027-01")
            try service.clock.set("2024-02-29T23:59:59")
            #expect(try await service.call("GET", path).json["month"].string == "2024-02")
            try service.clock.set("2024-03-01T00:00:00")
            #expect(try await service.call("GET", path).json["month"].string == "2024-03")
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills/current"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)/bills/current"
            }
        }
    }

    @Test("the answer may be kept by its caller and is asked anew")
    func entityTag() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills/current"
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
