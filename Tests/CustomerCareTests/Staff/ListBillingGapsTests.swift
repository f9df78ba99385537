import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("listBillingGaps")
struct ListBillingGapsTests {
    @Test("codes without a bill are listed some days after their reading day, page by page")
    func gaps() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            var codes: [CustomerCode] = []
            for index in 0..<6 {
                var customer = try TestCustomer()
                if index == 0 { customer.bills = [TestBill("2026-11")] }
                if index == 1 { customer.contractStatus = .ended }
                if index > 1 { customer.bills = [TestBill("2026-10")] }
                codes.append(try await service.add(customer).code)
            }
            codes.sort()
            let links = codes.enumerated().map { index, code in
                "('\(code)', 'routeBook', '\(index == 5 ? "S2" : "S1")', '2026-01-01', null)"
            }
            try await service.database.script(
                """
                insert into network_links values \(links.joined(separator: ","));
                insert into reading_schedules values
                    ('routeBook', 'S1', '2026-11-01', 1, '2026-11-20', null, now()),
                    ('routeBook', 'S2', '2026-11-01', 1, '2026-11-21', null, now()),
                    ('customerCode', '\(codes[4])', '2026-11-01', 1, '2026-11-24', null, now());
                insert into readings values
                    ('\(codes[2])', '2026-11-01', 1, 'M1', 'peak', 0, 1000, 1000, 1, false, null,
                        '2026-11-19', now()),
                    ('\(codes[2])', '2026-11-01', 1, 'M1', 'total', 0, 1000, 1000, 1, false, null,
                        '2026-11-20', now()),
                    ('\(codes[3])', '2026-10-01', 1, 'M2', 'total', 0, 1000, 1000, 1, false, null,
                        '2026-10-20', now())
                """)
            let place = "/v1/staff/billing-gaps?unit=PB0699"
            let first = try await service.call(as: staff, "GET", place + "&limit=1")
            #expect(first.json["month"].string == "2026-11")
            #expect(first.json["items"][0]["customerCode"].string == codes[2].text)
            #expect(first.json["items"][0]["routeBook"].string == "S1")
            #expect(first.json["items"][0]["daysSinceReading"].int == 5)
            // It was read, and the bill is what is missing; the next one was not.
            #expect(first.json["items"][0]["readOn"].string == "2026-11-20")
            let next = try #require(first.headers["link"]?.dropFirst().prefix { $0 != ">" })
            let second = try await service.call(as: staff, "GET", String(next))
            #expect(second.json["items"].items.map { $0["customerCode"].string } == [codes[3].text])
            #expect(second.json["items"][0]["readOn"].isNull)
            #expect(second.json["next"].isNull)
            // The day of one code alone, and a later day of another book.
            let soon = try await service.call(as: staff, "GET", place + "&days=1")
            #expect(
                soon.json["items"].items.map { $0["customerCode"].string }
                    == codes[2...].map(\.text))
            let before = try await service.call(as: staff, "GET", place + "&month=2026-10&days=0")
            #expect(before.json["items"] == .array([]))
        }
    }

    @Test("a wrong query is named")
    func malformed() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let place = "/v1/staff/billing-gaps"
            for (query, field) in [
                ("", "unit"), ("?unit=PB", "unit"), ("?unit=PB0699&month=x", "month"),
                ("?unit=PB0699&days=61", "days"), ("?unit=PB0699&cursor=x", "cursor"),
                ("?unit=PB0699&limit=101", "limit"),
            ] {
                let answer = try await service.call(as: staff, "GET", place + query)
                #expect(answer.wrongFields == [field], "\(query)")
            }
            #expect(
                try await service.call("GET", place + "?unit=PB0699").problem == "403 forbidden")
        }
    }
}
