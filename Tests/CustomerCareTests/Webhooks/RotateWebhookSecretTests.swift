import JSON
import Testing

@testable import CustomerCare

@Suite("rotateWebhookSecret")
struct RotateWebhookSecretTests {
    @Test("the new secret is another, and the former one ends in a day")
    func rotated() async throws {
        try await TestService.run { service in
            let partner = try await service.newPartner()
            let old = try await service.webhook("all", of: partner, "outage.changed")
            let path = "/v1/webhooks/all/secret"
            let answer = try await service.call(as: partner, "POST", path)
            #expect(answer.status == 200)
            #expect(try TestService.secret(answer) != old)
            #expect(answer.json["formerSecretUntil"].string == "2026-11-26T10:00:00+07:00")
            let other = try await service.newPartner()
            #expect(
                try await service.call(as: other, "POST", path).problem == "404 not_found")
            #expect(try await service.call("POST", path).problem == "403 forbidden")
        }
    }
}
