import Electricity
import HTTPClient
import JSON
import Signing
import Testing

@testable import CustomerCare

@Suite("Telling partners' systems")
struct WebhookSenderTests {
    private static func count(_ service: TestService, _ condition: String) async throws -> Int {
        try await service.database.count("webhook_deliveries", condition)
    }

    @Test("an event is told once, signed by the webhook's secret, with ids and nothing personal")
    func told() async throws {
        try await TestService.withPartner { service, partner, client in
            let secret = try await service.webhook("all", of: client, "service_request.changed")
            try await service.webhook("pay", of: client, "payment.succeeded")
            try await service.redirectWebhooks()
            try await service.cause()
            for _ in 0..<3 { try await service.tellPartners() }
            #expect(partner.calls.count == 1)
            let call = try #require(partner.calls.first)
            #expect(call.json["type"].string == "service_request.changed")
            #expect(call.json["timestamp"].string == "2026-11-25T10:00:00+07:00")
            #expect(call.json["data"].names == ["trackingCode", "state"])
            #expect(call.json["data"]["state"].string == "processing")
            #expect(call.timestamp == "\(service.clock.now.secondsSince1970)")
            #expect(
                call.signature
                    == WebhookSignature.header(
                        id: call.id, timestamp: service.clock.now.secondsSince1970,
                        body: call.body, secrets: [secret]))
            #expect(try await Self.count(service, "state = 'delivered'") == 1)
        }
    }

    @Test("outages and payments are told as well, and a version only once")
    func kinds() async throws {
        try await TestService.withPartner { service, partner, client in
            try await service.webhook(
                "all", of: client, "outage.published", "outage.cancelled", "outage.changed",
                "payment.succeeded")
            try await service.redirectWebhooks()
            let outage = try await service.add(
                TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: [("feeder", "F")]))
            for _ in 0..<2 { try await service.announce() }
            try await service.database.script(
                "update outages set version = 2, cancelled_at = '2026-11-25 10:00+07'")
            try await service.announce()
            try await service.tellPartners()
            #expect(
                partner.calls.map { $0.json["type"].string } == [
                    "outage.published", "outage.cancelled",
                ])
            #expect(
                partner.calls.allSatisfy { $0.json["data"]["outageId"].string == outage })
            // Nobody is there to be told by Zalo.
            #expect(try await service.database.count("announcements", "true") == 0)
        }
    }

    @Test("what is not taken is told again under the same id, later each time, for three days")
    func retries() async throws {
        try await TestService.withPartner { service, partner, client in
            try await service.webhook("all", of: client, "service_request.changed")
            try await service.redirectWebhooks()
            try await service.cause()
            partner.answer(500)
            try await service.tellPartners()
            try await service.tellPartners()
            #expect(partner.calls.count == 1)
            service.clock.advance(seconds: 6)
            try await service.tellPartners()
            #expect(partner.calls.count == 2)
            #expect(Set(partner.calls.map(\.id)).count == 1)
            // How long to wait is the partner's to say.
            partner.answer(503, retryAfter: "3600")
            service.clock.advance(seconds: 60)
            try await service.tellPartners()
            service.clock.advance(seconds: 3_599)
            try await service.tellPartners()
            #expect(partner.calls.count == 3)
            partner.answer(500)
            for _ in 0..<40 {
                service.clock.advance(seconds: 14_400)
                try await service.tellPartners()
            }
            #expect((10...24).contains(partner.calls.count), "\(partner.calls.count)")
            #expect(
                try await Self.count(service, "state = 'failed' and fault = 'status 500'") == 1)
        }
    }

    @Test("while a secret is replaced both sign, and a day later only the new one")
    func rotation() async throws {
        try await TestService.withPartner { service, partner, client in
            let old = try await service.webhook("all", of: client, "service_request.changed")
            let path = "/v1/webhooks/all/secret"
            let new = try TestService.secret(try await service.call(as: client, "POST", path))
            try await service.redirectWebhooks()
            for secrets in [[new, old], [new]] {
                try await service.cause()
                try await service.tellPartners()
                let call = try #require(partner.calls.last)
                #expect(
                    call.signature
                        == WebhookSignature.header(
                            id: call.id, timestamp: service.clock.now.secondsSince1970,
                            body: call.body, secrets: secrets))
                service.clock.advance(seconds: 86_400)
            }
        }
    }

    @Test("410 switches a webhook off, until it is registered anew")
    func gone() async throws {
        try await TestService.withPartner { service, partner, client in
            try await service.webhook("all", of: client, "service_request.changed")
            try await service.redirectWebhooks()
            try await service.cause(2)
            partner.answer(410)
            try await service.tellPartners()
            let count = partner.calls.count
            let list = try await service.call(as: client, "GET", "/v1/webhooks")
            #expect(list.json["items"][0]["isEnabled"] == .boolean(false))
            partner.answer(200)
            // What happens now is not told to it at all.
            try await service.cause()
            service.clock.advance(seconds: 60)
            try await service.tellPartners()
            #expect(partner.calls.count == count)
            let again = try await service.call(
                as: client, "PUT", "/v1/webhooks/all",
                #"{"url":"https://x.vn/","eventTypes":["service_request.changed"]}"#)
            #expect(again.status == 200)
            #expect(again.json["isEnabled"] == .boolean(true))
            try await service.redirectWebhooks()
            try await service.cause()
            try await service.tellPartners()
            #expect(partner.calls.count == count + 1)
        }
    }

    @Test("a system that is down holds up no other, and a burst is told to the end")
    func fairness() async throws {
        try await TestService.withPartner { service, partner, client in
            try await service.webhook("up", of: client, "service_request.changed")
            try await service.webhook("down", of: client, "service_request.changed")
            try await service.database.script(
                "update webhooks set url = case name when 'up' then here()"
                    + " else 'http://127.0.0.1:1/' end")
            try await service.cause(10)
            try await service.tellPartners()
            // Where the note that it was told could not be written in time, it is told once more.
            #expect(Set(partner.calls.map(\.id)).count == 10)
            #expect(try await Self.count(service, "name = 'up' and state = 'delivered'") == 10)
            #expect(try await Self.count(service, "name = 'down' and state = 'waiting'") == 10)
            #expect(
                try await Self.count(service, "name = 'down' and fault like 'not sent%'") == 10)
        }
    }

    @Test("in earnest only public addresses are called, by TLS")
    func bounds() {
        #expect(WebhookSender.bounds.refusesPrivateAddresses)
        #expect(!WebhookSender.bounds.allowsPlainText)
    }
}
