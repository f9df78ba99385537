import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("getDebts")
struct GetDebtsTests {
    @Test("what is owed is told month by month, oldest first, with its total and credit apart")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try TestCustomer()
            customer.credit = 7_000
            var september = TestBill("2026-09")
            september.paid = 8_000
            var october = TestBill("2026-10")
            october.paid = october.total
            customer.bills = [TestBill("2026-11"), october, september]
            let path = try await service.followed(customer) + "/debts"
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"customerCode":"\#(customer.code)","asOf":"2026-11-25T10:00:00+07:00","#
                    + #""months":[{"month":"2026-09","periodNumber":1,"billed":108000,"#
                    + #""paid":8000,"remaining":100000,"dueOn":"2026-09-21","daysOverdue":65,"#
                    + #""paymentStatus":"partial"},{"month":"2026-11","periodNumber":1,"#
                    + #""billed":108000,"paid":0,"remaining":108000,"dueOn":"2026-11-21","#
                    + #""daysOverdue":4,"paymentStatus":"unpaid"}],"total":208000,"credit":7000}"#)
        }
    }

    @Test("who owes nothing has an empty list and a total of zero")
    func empty() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.credit = 12_345
            var paid = TestBill("2026-10")
            paid.paid = paid.total
            customer.bills = [paid]
            let path = try await service.followed(customer) + "/debts"
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(answer.json["months"] == .array([]))
            #expect(answer.json["total"].int == 0)
            #expect(answer.json["credit"].int == 12_345)
            #expect(answer.json["asOf"].string == "2026-11-25T10:00:00+07:00")
        }
    }

    @Test("a payment that is not reconciled yet is told, and still part of the total")
    func paymentPending() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var bill = TestBill("2026-10")
            bill.pending = bill.total
            customer.bills = [bill]
            let path = try await service.followed(customer) + "/debts"
            let answer = try await service.call("GET", path)
            #expect(answer.json["months"][0]["paymentStatus"].string == "payment_pending")
            #expect(answer.json["months"][0]["remaining"].int == 108_000)
            #expect(answer.json["total"].int == 108_000)
        }
    }

    @Test("periods of one month are told apart, the earlier first")
    func periods() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            for number in [3, 1, 2] {
                var bill = TestBill("2026-10")
                bill.periodNumber = number
                customer.bills.append(bill)
            }
            let path = try await service.followed(customer) + "/debts"
            let months = try await service.call("GET", path).json["months"].items
            #expect(months.map { $0["periodNumber"].int } == [1, 2, 3])
        }
    }

    @Test("days overdue are counted by the calendar of Vietnam")
    func daysOverdue() async throws {
        try await TestService.run(at: "2026-12-31T23:59:59") { service in
            var customer = try TestCustomer()
            var bill = TestBill("2026-12")
            bill.dueOn = "2026-12-30"
            customer.bills = [bill]
            let path = try await service.followed(customer) + "/debts"
            func overdue() async throws -> Int64? {
                try await service.call("GET", path).json["months"][0]["daysOverdue"].int
            }
            #expect(try await overdue() == 1)
            service.clock.advance(seconds: 1)
            // 17:00Z on 31 December is 1 January.
            #expect(try await overdue() == 2)
            for (now, days) in [
                ("2026-12-29T23:59:59", 0), ("2026-12-30T00:00:00", 0),
                ("2026-12-30T23:59:59", 0), ("2026-12-31T00:00:00", 1),
            ] as [(String, Int64)] {
                try service.clock.set(now)
                #expect(try await overdue() == days, "\(now)")
            }
        }
    }

    @Test("29 February is a day like any other")
    func leapDay() async throws {
        try await TestService.run(at: "2024-03-01T00:00:00") { service in
            var customer = try TestCustomer()
            var bill = TestBill("2024-02")
            bill.dueOn = "2024-02-28"
            customer.bills = [bill]
            let path = try await service.followed(customer) + "/debts"
            let leapYear = try await service.call("GET", path)
            #expect(leapYear.json["months"][0]["daysOverdue"].int == 2)
            try service.clock.set("2024-02-29T12:00:00")
            let leapDay = try await service.call("GET", path)
            #expect(leapDay.json["months"][0]["daysOverdue"].int == 1)
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/debts"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)/debts"
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
