import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("listBills")
struct ListBillsTests {
    /// A customer with one bill in each of so many months, the newest 2026-11.
    private static func customer(months: Int) throws -> TestCustomer {
        var customer = try TestCustomer()
        for back in 0..<months {
            let index = 2026 * 12 + 10 - back
            let month = index % 12 + 1
            customer.bills.append(TestBill("\(index / 12)-\(month < 10 ? "0" : "")\(month)"))
        }
        return customer
    }

    private static func months(_ answer: TestAnswer) -> [String] {
        answer.json["items"].items.compactMap { $0["month"].string }
    }

    @Test("bills are listed newest first, each without its readings and lines")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            var customer = try Self.customer(months: 2)
            customer.bills[0].paid = 108_000
            let path = try await service.followed(customer)
            let answer = try await service.call("GET", path + "/bills")
            #expect(answer.status == 200)
            #expect(answer.json.names == ["items", "next", "asOf"])
            #expect(Self.months(answer) == ["2026-11", "2026-10"])
            #expect(answer.json["next"].isNull)
            #expect(answer.headers["link"] == nil)
            #expect(answer.json["asOf"].string == "2026-11-25T10:00:00+07:00")
            let newest = answer.json["items"][0]
            #expect(
                newest.names == [
                    "month", "periodNumber", "revision", "status", "invoiceId", "periodStart",
                    "periodEnd", "consumptionKWh", "amountExcludingVAT", "vatRatePercent", "vat",
                    "total", "paid", "remaining", "issuedOn", "dueOn", "paymentStatus",
                ])
            #expect(newest["paymentStatus"].string == "paid")
            #expect(newest["remaining"].int == 0)
            #expect(newest["dueOn"].string == "2026-11-21")
            #expect(answer.json["items"][1]["paymentStatus"].string == "unpaid")
        }
    }

    @Test("a code without bills has an empty list")
    func empty() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer())
            let answer = try await service.call("GET", path + "/bills")
            #expect(answer.status == 200)
            #expect(answer.json["items"] == .array([]))
            #expect(answer.json["next"].isNull)
        }
    }

    @Test("pages lead through all bills, each once, however long they are")
    func pages() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try Self.customer(months: 7))
            for limit in [1, 3, 7, 100] {
                var target = "\(path)/bills?limit=\(limit)"
                var seen: [String] = []
                for _ in 0..<8 {
                    let answer = try await service.call("GET", target)
                    try #require(answer.status == 200)
                    seen += Self.months(answer)
                    guard let next = answer.json["next"].string else {
                        #expect(answer.headers["link"] == nil)
                        break
                    }
                    target = "\(path)/bills?limit=\(limit)&cursor=\(next)"
                    #expect(answer.headers["link"] == "<\(target)>; rel=\"next\"")
                }
                #expect(seen.count == 7, "limit \(limit)")
                #expect(seen == Array(Set(seen)).sorted(by: >), "limit \(limit)")
            }
        }
    }

    @Test("from and to bound the list, both included, also from page to page")
    func bounds() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try Self.customer(months: 7)) + "/bills"
            func listed(_ query: String) async throws -> [String] {
                Self.months(try await service.call("GET", path + query))
            }
            #expect(try await listed("?from=2026-10") == ["2026-11", "2026-10"])
            #expect(try await listed("?to=2026-06") == ["2026-06", "2026-05"])
            #expect(
                try await listed("?from=2026-07&to=2026-08") == ["2026-08", "2026-07"])
            #expect(try await listed("?from=2026-09&to=2026-09") == ["2026-09"])
            #expect(try await listed("?from=2020-01&to=2020-12").isEmpty)
            #expect(try await listed("?from=9999-12&to=9999-12").isEmpty)
            #expect(try await listed("?to=0001-01").isEmpty)
            let first = try await service.call(
                "GET", path + "?from=2026-07&to=2026-09&limit=2")
            #expect(Self.months(first) == ["2026-09", "2026-08"])
            let link = try #require(first.headers["link"])
            let target = link.dropFirst().prefix { $0 != ">" }
            #expect(target.contains("from=2026-07&to=2026-09"))
            #expect(Self.months(try await service.call("GET", String(target))) == ["2026-07"])
        }
    }

    @Test("two periods of a month are two bills, the later first, also at the end of a page")
    func periods() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            for number in 1...3 {
                var bill = TestBill("2026-10")
                bill.periodNumber = number
                customer.bills.append(bill)
            }
            let path = try await service.followed(customer) + "/bills"
            let first = try await service.call("GET", path + "?limit=2")
            #expect(first.json["items"].items.map { $0["periodNumber"].int } == [3, 2])
            let next = try #require(first.json["next"].string)
            let second = try await service.call("GET", "\(path)?limit=2&cursor=\(next)")
            #expect(second.json["items"].items.map { $0["periodNumber"].int } == [1])
        }
    }

    @Test("of several revisions the list shows the newest, once")
    func revisions() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            let first = TestBill("2026-10")
            var second = first
            second.revision = 2
            second.status = .corrected
            second.total = 54_000
            customer.bills = [first, second]
            let path = try await service.followed(customer)
            let items = try await service.call("GET", path + "/bills").json["items"].items
            #expect(items.count == 1)
            #expect(items.first?["revision"].int == 2)
            #expect(items.first?["total"].int == 54_000)
        }
    }

    @Test(
        "a wrong parameter is refused and named",
        arguments: [
            ("limit=0", "limit"), ("limit=101", "limit"), ("limit=abc", "limit"),
            ("limit=", "limit"), ("limit=-1", "limit"), ("limit=%2B1", "limit"),
            ("limit=1.0", "limit"), ("limit=99999999999999999999999", "limit"),
            ("limit=%EF%BC%91%EF%BC%90", "limit"), ("limit=%D9%A1", "limit"),
            ("limit=1&limit=2", "limit"), ("from=2026-13", "from"), ("from=10%2F2026", "from"),
            ("to=abc", "to"), ("to=", "to"), ("to=2026-1%EF%BC%90", "to"),
            ("from=2026-11&to=2026-10", "from"), ("cursor=", "cursor"), ("cursor=abc", "cursor"),
            ("cursor=MjAyNi0xMC80", "cursor"), ("cursor=MjAyNi0xMy8x", "cursor"),
            ("cursor=MjAyNi0xMC8x%3D", "cursor"), ("cursor=MjAyNi0xMC8xMQ", "cursor"),
        ])
    func wrongParameters(query: String, name: String) async throws {
        try await TestService.run { service in
            let path = "/v1/accounts/0192f1a0-0000-7000-8000-000000000000/customers/PB06990000001"
            let answer = try await service.call("GET", "\(path)/bills?\(query)")
            #expect(answer.status == 422)
            #expect(answer.code == "invalid_request")
            #expect(answer.wrongFields == [name])
        }
    }

    @Test("every wrong parameter is named at once; one that nobody knows does not matter")
    func allWrong() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills"
            let answer = try await service.call("GET", path + "?from=x&to=y&limit=0&cursor=z")
            #expect(answer.status == 422)
            #expect(answer.wrongFields == ["from", "to", "limit", "cursor"])
            #expect(try await service.call("GET", path + "?x=1&y").status == 200)
        }
    }

    @Test("a cursor beyond the bounds of the list gives an empty end, not an error")
    func foreignCursor() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try Self.customer(months: 3)) + "/bills"
            // 2020-01/1, and 2027-01/1, both base64url.
            let past = try await service.call("GET", path + "?cursor=MjAyMC0wMS8x")
            #expect(Self.months(past).isEmpty)
            #expect(past.json["next"].isNull)
            let future = try await service.call("GET", path + "?cursor=MjAyNy0wMS8x&to=2026-10")
            #expect(Self.months(future) == ["2026-10", "2026-09"])
        }
    }

    @Test("a query that cannot be decoded is broken syntax")
    func undecodable() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills"
            for query in ["limit=%C3", "a=%00", "%0A=1"] {
                let answer = try await service.call("GET", "\(path)?\(query)")
                #expect(answer.status == 400, "\(query)")
                #expect(answer.code == "bad_request", "\(query)")
            }
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/bills"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)/bills"
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
