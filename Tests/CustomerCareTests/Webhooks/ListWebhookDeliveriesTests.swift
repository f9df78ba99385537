import JSON
import Testing

@testable import CustomerCare

@Suite("listWebhookDeliveries")
struct ListWebhookDeliveriesTests {
    @Test("what was told and is to be is listed newest first, page by page")
    func listed() async throws {
        try await TestService.withPartner { service, partner, client in
            try await service.webhook("all", of: client, "service_request.changed")
            try await service.redirectWebhooks()
            try await service.cause()
            partner.answer(500)
            try await service.tellPartners()
            service.clock.advance(seconds: 1)
            try await service.cause()
            let path = "/v1/webhooks/all/deliveries"
            let page = try await service.call(as: client, "GET", path + "?limit=1")
            #expect(page.status == 200)
            #expect(page.json["items"][0]["state"].string == "waiting")
            #expect(page.json["items"][0]["attempts"].int == 0)
            #expect(page.json["items"][0]["statusCode"].isNull)
            let cursor = try #require(page.json["next"].string)
            let rest = try await service.call(as: client, "GET", path + "?cursor=\(cursor)")
            let first = rest.json["items"][0]
            #expect(rest.json["items"].items.count == 1)
            #expect(first["statusCode"].int == 500)
            #expect(first["fault"].string == "status 500")
            #expect(first["deliveryId"].string == partner.calls[0].id)
            #expect(first["payload"] == partner.calls[0].json)
            let wrong = try await service.call(as: client, "GET", path + "?cursor=x")
            #expect(wrong.wrongFields == ["cursor"])
            let other = try await service.newPartner()
            #expect(
                try await service.call(as: other, "GET", path).problem == "404 not_found")
            #expect(try await service.call("GET", path).problem == "403 forbidden")
        }
    }
}
