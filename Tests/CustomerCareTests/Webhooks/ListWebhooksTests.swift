import JSON
import Testing

@testable import CustomerCare

@Suite("listWebhooks")
struct ListWebhooksTests {
    @Test("a client sees its own, without their secrets")
    func listed() async throws {
        try await TestService.run { service in
            let partner = try await service.newPartner()
            try await service.webhook("b", of: partner, "outage.changed")
            try await service.webhook("a", of: partner, "payment.succeeded")
            let list = try await service.call(as: partner, "GET", "/v1/webhooks")
            #expect(list.status == 200)
            #expect(list.json["items"].items.map { $0["name"].string } == ["a", "b"])
            #expect(list.json["items"].items.allSatisfy { $0["secret"].isNull })
            let other = try await service.newPartner()
            let none = try await service.call(as: other, "GET", "/v1/webhooks")
            #expect(none.json["items"] == .array([]))
            #expect(try await service.call("GET", "/v1/webhooks").problem == "403 forbidden")
        }
    }
}
