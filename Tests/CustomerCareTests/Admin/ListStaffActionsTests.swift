import JSON
import Testing

@testable import CustomerCare

@Suite("listStaffActions")
struct ListStaffActionsTests {
    @Test("what staff did is listed page by page, by person, subject and day")
    func pages() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            let other = try await service.newStaff()
            let auditor = try await service.database.newClient(scopes: [.admin])
            try await service.reloadClients()
            let code = try await service.add(try TestCustomer()).code
            for person in [staff, other, staff] {
                service.clock.advance(seconds: 1)
                let answer = try await service.call(
                    as: person, "POST", "/v1/staff/customer-searches",
                    #"{"customerCode":"\#(code)","purpose":"test"}"#)
                #expect(answer.status == 200)
            }
            let place = "/v1/admin/staff-actions"
            let all = try await service.call(as: auditor, "GET", place)
            #expect(all.json["items"].items.count == 6)
            let newest = all.json["items"][0]
            #expect(newest["happenedAt"].string == "2026-11-25T10:00:03+07:00")
            #expect(newest["purpose"].string == "test")
            let client = try #require(newest["clientId"].string)
            let own = try await service.call(as: auditor, "GET", place + "?client=\(client)")
            #expect(own.json["items"].items.count == 4)
            #expect(own.json["items"].items.allSatisfy { $0["clientName"].string != nil })
            var found = 0
            var next: String? = place + "?limit=2&subject=\(code)&from=2026-11-25&to=2026-11-25"
            while let page = next {
                let answer = try await service.call(as: auditor, "GET", page)
                found += answer.json["items"].items.count
                next = answer.headers["link"].map {
                    String($0.dropFirst().prefix { $0 != ">" })
                }
            }
            #expect(found == 3)
            let before = try await service.call(as: auditor, "GET", place + "?to=2026-11-24")
            #expect(before.json["items"] == .array([]))
        }
    }

    @Test("a wrong query is named, and nobody but auditors asks")
    func refused() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let auditor = try await service.database.newClient(scopes: [.admin])
            try await service.reloadClients()
            let place = "/v1/admin/staff-actions"
            for (query, field) in [
                ("client=x", "client"), ("subject=", "subject"), ("subject=a%20b", "subject"),
                ("from=x", "from"), ("from=2026-11-25&to=2026-11-24", "to"),
                ("from=2025-01-01&to=2026-11-24", "from"), ("cursor=1", "cursor"),
            ] {
                let answer = try await service.call(as: auditor, "GET", place + "?" + query)
                #expect(answer.wrongFields == [field], "\(query)")
            }
            #expect(try await service.call(as: staff, "GET", place).problem == "403 forbidden")
            #expect(try await service.call("GET", place).problem == "403 forbidden")
        }
    }
}
