import JSON
import Testing

@testable import CustomerCare

@Suite("deleteWebhook")
struct DeleteWebhookTests {
    @Test("it goes with what waits for it; another client's stays")
    func deleted() async throws {
        try await TestService.withPartner { service, partner, client in
            let other = try await service.newPartner()
            for one in [client, other] {
                try await service.webhook("all", of: one, "service_request.changed")
            }
            try await service.redirectWebhooks()
            try await service.cause()
            #expect(
                try await service.call(as: client, "DELETE", "/v1/webhooks/all").status == 204)
            #expect(
                try await service.call(as: client, "DELETE", "/v1/webhooks/all").problem
                    == "404 not_found")
            try await service.tellPartners()
            #expect(partner.calls.count == 1)
            let left = try await service.call(as: other, "GET", "/v1/webhooks")
            #expect(left.json["items"].items.count == 1)
            #expect(
                try await service.call("DELETE", "/v1/webhooks/all").problem == "403 forbidden")
        }
    }
}
