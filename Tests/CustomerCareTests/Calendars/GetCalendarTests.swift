import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Get a calendar")
struct GetCalendarTests {
    @Test("outages, reading days and due dates stand in it, and no name, address or amount")
    func events() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            let subscription = try await service.verifiedSubscription(customer)
            var outage = TestOutage(
                "2026-11-30 23:30", "2026-12-01 02:00",
                scopes: [("customerCode", customer.code.text)])
            let planned = try await service.add(outage)
            outage.cancelled = "2026-11-24 08:00"
            let cancelled = try await service.add(outage)
            try await service.link(customer.code, "routeBook", "C-\(customer.code)")
            try await service.database.script(
                """
                insert into reading_schedules values ('routeBook', 'C-\(customer.code)',
                    '2026-12-01', 1, '2026-12-05', null, '2026-11-20 08:00+07')
                """)
            let made = try await service.call("PUT", subscription + "/calendar")
            let path = try #require(made.json["path"].string)
            let answer = try await service.callUnsigned("GET", path)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/calendar; charset=utf-8")
            let text = answer.text.replacing("\r\n ", with: "")
            for part in [
                "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\n",
                "UID:outage-\(planned)@", "UID:outage-\(cancelled)@", "STATUS:CANCELLED\r\n",
                "DTSTART;TZID=Asia/Ho_Chi_Minh:20261130T233000\r\n",
                "DTEND;TZID=Asia/Ho_Chi_Minh:20261201T020000\r\n",
                "UID:reading-2026-12@", "DTSTART;VALUE=DATE:20261205\r\n", "UID:due-2026-10@",
                "DTSTART;VALUE=DATE:20261021\r\n", "SUMMARY:Hạn thanh toán tiền điện tháng 10/2026",
            ] { #expect(text.contains(part), "\(part)") }
            for secret in ["Nguyễn", "108000", "108.000", "0901234567"] {
                #expect(!text.contains(secret))
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }

    @Test("the feed dies with its subscription, and does not live again with another")
    func death() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let subscription = try await service.verifiedSubscription(customer)
            let made = try await service.call("PUT", subscription + "/calendar")
            let path = try #require(made.json["path"].string)
            #expect(try await service.call("DELETE", subscription).status == 204)
            #expect(try await service.callUnsigned("GET", path).problem == "404 not_found")
            let owner = String(subscription.dropLast("/subscriptions/".count + 36))
            try await service.follow(customer, as: owner)
            #expect(try await service.callUnsigned("GET", path).problem == "404 not_found")
            let list = try await service.call("GET", owner + "/subscriptions")
            let id = try #require(list.json["items"][0]["subscriptionId"].string)
            let again = try await service.call("PUT", "\(owner)/subscriptions/\(id)/calendar")
            let second = try #require(again.json["path"].string)
            #expect(try await service.callUnsigned("GET", second).status == 200)
            #expect(try await service.call("DELETE", owner).status == 204)
            #expect(try await service.callUnsigned("GET", second).problem == "404 not_found")
        }
    }

    @Test("a subscription that must be verified again shows nothing by its feed")
    func reverification() async throws {
        try await TestService.run { service in
            let subscription = try await service.verifiedSubscription()
            let made = try await service.call("PUT", subscription + "/calendar")
            let path = try #require(made.json["path"].string)
            try await service.database.script(
                "delete from followers where subscription_id = '\(subscription.suffix(36))'")
            #expect(try await service.callUnsigned("GET", path).problem == "404 not_found")
        }
    }

    @Test("what is no token opens nothing, like a token that is unknown")
    func unknown() async throws {
        try await TestService.run { service in
            let token = String(repeating: "A", count: 43)
            for path in [
                "\(token).ics", "\(token)", ".ics", "x.ics", "\(token)A.ics", "\(token).ICS",
                "%41\(token.dropFirst()).ics.ics", "'; drop table bills;--.ics",
            ] {
                let target = "/v1/calendars/" + path.replacing(" ", with: "%20")
                let answer = try await service.callUnsigned("GET", target)
                #expect(answer.problem == "404 not_found", "\(path)")
            }
        }
    }
}
