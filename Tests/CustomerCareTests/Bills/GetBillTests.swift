import Electricity
import Testing

@testable import CustomerCare

@Suite("getBill")
struct GetBillTests {
    @Test("a bill is shown with every field of the contract")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try TestCustomer()
            var bill = TestBill("2026-10")
            bill.paid = 50_000
            bill.invoiceId = "777"
            customer.bills = [bill]
            customer.nextReadingOn = LocalDate("2026-12-05")
            let path = try await service.followed(customer)
            let answer = try await service.call("GET", path + "/bills/2026-10")
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"customerCode":"\#(customer.code)","month":"2026-10","bill":{"#
                    + #""month":"2026-10","periodNumber":1,"revision":1,"status":"issued","#
                    + #""invoiceId":"777","periodStart":"2026-09-11","periodEnd":"2026-10-10","#
                    + #""readings":[{"meterSerialNumber":"12345678","register":"total","#
                    + #""openingReading":100,"closingReading":150,"multiplier":1,"#
                    + #""consumptionKWh":50,"isEstimated":false}],"consumptionKWh":50,"#
                    + #""lines":[{"kind":"tier","tier":1,"register":null,"quantityKWh":50,"#
                    + #""unitPrice":2000,"amount":100000}],"amountExcludingVAT":100000,"#
                    + #""vatRatePercent":8,"vat":8000,"total":108000,"paid":50000,"#
                    + #""remaining":58000,"issuedOn":"2026-10-11","dueOn":"2026-10-21","#
                    + #""paymentStatus":"partial"},"reason":null,"nextReadingDate":"2026-12-05","#
                    + #""asOf":"2026-11-25T10:00:00+07:00"}"#)
        }
    }

    @Test("a month without a bill is an answer that says why, not an error")
    func reasons() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let path = try await service.followed(try TestCustomer())
            for (month, reason) in [
                ("2026-12", "future_month"), ("2026-11", "not_issued_yet"), ("2026-10", "no_bill"),
                ("0001-01", "no_bill"), ("9999-12", "future_month"),
            ] {
                let answer = try await service.call("GET", "\(path)/bills/\(month)")
                #expect(answer.status == 200, "\(month)")
                #expect(answer.json["month"].string == month)
                #expect(answer.json["bill"].isNull)
                #expect(answer.json["reason"].string == reason, "\(month)")
                #expect(answer.json["nextReadingDate"].isNull)
                #expect(answer.json["asOf"].string == "2026-11-25T10:00:00+07:00")
            }
        }
    }

    @Test("two meters in a month are two readings, in the order of the bill")
    func twoMeters() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var bill = TestBill("2026-10")
            bill.readings = [
                TestBill.reading(serial: "A1", opening: 900, closing: 930),
                TestBill.reading(serial: "B2", opening: 0, closing: 20),
            ]
            customer.bills = [bill]
            let path = try await service.followed(customer)
            let answer = try await service.call("GET", path + "/bills/2026-10")
            let readings = answer.json["bill"]["readings"].items
            #expect(readings.map { $0["meterSerialNumber"].string } == ["A1", "B2"])
            #expect(readings.map { $0["consumptionKWh"].int } == [30, 20])
        }
    }

    @Test("the newest revision is the bill; a withdrawn one owes nothing")
    func revisions() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            let first = TestBill("2026-09")
            var corrected = TestBill("2026-09")
            corrected.revision = 2
            corrected.status = .corrected
            corrected.total = 216_000
            corrected.invoiceId = first.invoiceId
            let issued = TestBill("2026-08")
            var cancelled = issued
            cancelled.revision = 2
            cancelled.status = .cancelled
            customer.bills = [first, corrected, issued, cancelled]
            let path = try await service.followed(customer)
            let newer = try await service.call("GET", path + "/bills/2026-09")
            #expect(newer.json["bill"]["revision"].int == 2)
            #expect(newer.json["bill"]["status"].string == "corrected")
            #expect(newer.json["bill"]["total"].int == 216_000)
            #expect(newer.json["bill"]["remaining"].int == 216_000)
            let withdrawn = try await service.call("GET", path + "/bills/2026-08")
            #expect(withdrawn.json["bill"]["status"].string == "cancelled")
            #expect(withdrawn.json["bill"]["remaining"].int == 0)
            #expect(withdrawn.json["reason"].isNull)
            let debts = try await service.call("GET", path + "/debts")
            #expect(debts.json["months"].items.map { $0["month"].string } == ["2026-09"])
        }
    }

    @Test(
        "what is paid decides the payment status",
        arguments: [
            (0, 0, "unpaid", 108_000), (1, 0, "partial", 107_999), (108_000, 0, "paid", 0),
            (0, 108_000, "payment_pending", 108_000), (8_000, 1, "payment_pending", 100_000),
        ] as [(Int64, Int64, String, Int64)])
    func paymentStatus(paid: Int64, pending: Int64, status: String, remaining: Int64) async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var bill = TestBill("2026-10")
            bill.paid = paid
            bill.pending = pending
            customer.bills = [bill]
            let path = try await service.followed(customer)
            let shown = try await service.call("GET", path + "/bills/2026-10").json["bill"]
            #expect(shown["paymentStatus"].string == status)
            #expect(shown["paid"].int == paid)
            #expect(shown["remaining"].int == remaining)
        }
    }

    @Test("a bill for reactive energy is no bill for active energy, in no look-up")
    func reactive() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-09")]
            let path = try await service.followed(customer)
            let line = TestBill.reactiveLine
            // Of the same month, newer by period and revision, and one of a month of its own.
            try await service.database.script(
                """
                insert into bills select customer_code, month, 3, 'reactive', 9, 'issued', 'r',
                    period_start, period_end, 1, 1, 0, 0, 1, issued_on, due_on, '[]', '\(line)',
                    as_of from bills where customer_code = '\(customer.code)';
                insert into bills select customer_code, '2026-10-01', 1, 'reactive', 1, 'issued',
                    's', period_start, period_end, 1, 1, 0, 0, 1, issued_on, due_on, '[]',
                    '\(line)', as_of
                    from bills where customer_code = '\(customer.code)' and kind = 'active';
                insert into bill_balances select customer_code, month, period_number, kind,
                    revision, total, 0, 0, due_on from bills
                    where customer_code = '\(customer.code)' and kind = 'reactive'
                """)
            let bill = try await service.call("GET", path + "/bills/2026-09").json["bill"]
            #expect(bill["total"].int == 108_000)
            #expect(bill["paid"].int == 0)
            let none = try await service.call("GET", path + "/bills/2026-10")
            #expect(none.json["bill"].isNull)
            #expect(none.json["reason"].string == "no_bill")
            let list = try await service.call("GET", path + "/bills")
            #expect(list.json["items"].items.map { $0["month"].string } == ["2026-09"])
            let debts = try await service.call("GET", path + "/debts")
            #expect(debts.json["total"].int == 108_000)
            let account = path.split(separator: "/").prefix(3).joined(separator: "/")
            let all = try await service.call("GET", "/\(account)/debts")
            #expect(all.json["total"].int == 108_000)
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills/2026-10"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
        }
    }

    @Test(
        "what is no month is refused and named",
        arguments: [
            "13%2F2021", "2026-13", "2026-00", "0000-01", "1-2026", "2026-1", "2026-10-01", "abc",
            "2026-1%EF%BC%91", "+026-10", "%202026-10", "2026-10%20", "CURRENT",
        ])
    func malformedMonth(month: String) async throws {
        try await TestService.run { service in
            let account = "/v1/accounts/0192f1a0-0000-7000-8000-000000000000"
            let answer = try await service.call(
                "GET", "\(account)/customers/PB06990000001/bills/\(month)")
            #expect(answer.status == 422)
            #expect(answer.code == "invalid_request")
            #expect(answer.wrongFields == ["month"])
        }
    }

    @Test("every wrong part of a path is named at once")
    func allWrong() async throws {
        try await TestService.run { service in
            let answer = try await service.call("GET", "/v1/accounts/1/customers/pb1/bills/x")
            #expect(answer.status == 422)
            #expect(answer.wrongFields == ["account", "customerCode", "month"])
        }
    }

    @Test("a path that cannot be decoded leads nowhere")
    func undecodable() async throws {
        try await TestService.run { service in
            let account = "/v1/accounts/0192f1a0-0000-7000-8000-000000000000"
            for month in ["%00", "%C3", "%7F", ""] {
                let answer = try await service.call(
                    "GET", "\(account)/customers/PB06990000001/bills/\(month)")
                #expect(answer.status == 404, "\(month)")
            }
        }
    }

    @Test("an unchanged bill is not sent again, a changed one is")
    func entityTag() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            let path = try await service.followed(customer) + "/bills/2026-10"
            try await service.expectRevalidation(path, caching: "private, no-cache")
            let tag = try #require(try await service.call("GET", path).headers["etag"])
            try await service.database.script(
                """
                update bill_balances set paid = 1 where customer_code = '\(customer.code)'
                """)
            let changed = try await service.call("GET", path) { $0.set("if-none-match", tag) }
            #expect(changed.status == 200)
            #expect(changed.headers["etag"] != tag)
            #expect(changed.json["bill"]["paid"].int == 1)
        }
    }
}
