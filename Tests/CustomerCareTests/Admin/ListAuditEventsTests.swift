import JSON
import Testing

@testable import CustomerCare

@Suite("listAuditEvents")
struct ListAuditEventsTests {
    @Test("what happened about a code is listed, who read it among it")
    func events() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let auditor = try await service.database.newClient(scopes: [.admin])
            try await service.reloadClients()
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            service.clock.advance(seconds: 1)
            _ = try await service.call("GET", path)
            try await service.flushAudit()
            let place = "/v1/admin/audit-events?customerCode=\(customer.code)"
            let found = try await service.call(as: auditor, "GET", place)
            let actions = found.json["items"].items.map { $0["action"].string }
            #expect(actions.first == "profile_read")
            #expect(
                Set(actions) == [
                    "profile_read", "verification_succeeded", "verification_attempted",
                    "subscription_added",
                ])
            let page = try await service.call(as: auditor, "GET", place + "&limit=1")
            let next = try #require(page.headers["link"]?.dropFirst().prefix { $0 != ">" })
            let second = try await service.call(as: auditor, "GET", String(next))
            #expect(second.json["items"].items.count == 1)
            #expect(second.json["items"][0] != page.json["items"][0])
        }
    }

    @Test("a wrong query is named, and nobody but auditors asks")
    func refused() async throws {
        try await TestService.run { service in
            let auditor = try await service.database.newClient(scopes: [.admin])
            try await service.reloadClients()
            let place = "/v1/admin/audit-events"
            for query in ["", "?customerCode=x"] {
                let answer = try await service.call(as: auditor, "GET", place + query)
                #expect(answer.wrongFields == ["customerCode"])
            }
            let other = try await service.call("GET", place + "?customerCode=PB06990000001")
            #expect(other.problem == "403 forbidden")
        }
    }
}
