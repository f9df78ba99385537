import JSON
import Testing

@testable import CustomerCare

@Suite("replayWebhookDeliveries")
struct ReplayWebhookDeliveriesTests {
    private static let path = "/v1/webhooks/all/deliveries/replays"

    @Test("an event is told once more under its id; another client's is passed over")
    func replayed() async throws {
        try await TestService.withPartner { service, partner, client in
            try await service.webhook("all", of: client, "service_request.changed")
            try await service.redirectWebhooks()
            try await service.cause()
            try await service.tellPartners()
            let id = try #require(partner.calls.first?.id)
            let body = #"{"deliveryIds":["\#(id)","\#(TestRequest.unknownId())"]}"#
            let other = try await service.newPartner()
            let foreign = try await service.call(as: other, "POST", Self.path, body)
            #expect(foreign.json["replayed"] == .array([]))
            let answer = try await service.call(as: client, "POST", Self.path, body)
            #expect(answer.json["replayed"] == .array([.string(id)]))
            try await service.tellPartners()
            #expect(partner.calls.map(\.id) == [id, id])
            #expect(partner.calls[0].body == partner.calls[1].body)
        }
    }

    @Test("wrong ids are named", arguments: [#"{"deliveryIds":["x"]}"#, "{}"])
    func malformed(body: String) async throws {
        try await TestService.run { service in
            let partner = try await service.newPartner()
            let answer = try await service.call(as: partner, "POST", Self.path, body)
            #expect(answer.problem == "422 invalid_request")
            #expect(try await service.call("POST", Self.path, body).problem == "403 forbidden")
        }
    }
}
