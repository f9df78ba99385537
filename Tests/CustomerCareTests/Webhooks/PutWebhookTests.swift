import JSON
import Testing

@testable import CustomerCare

@Suite("putWebhook")
struct PutWebhookTests {
    private static let body =
        #"{"url":"https://partner.example.vn/e?x=1","#
        + #""eventTypes":["outage.changed","payment.succeeded"]}"#

    @Test("a new one is told its secret once; the same again changes it and tells none")
    func put() async throws {
        try await TestService.run { service in
            let partner = try await service.newPartner()
            let made = try await service.call(as: partner, "PUT", "/v1/webhooks/all", Self.body)
            #expect(made.status == 201)
            #expect(made.headers["location"] == "/v1/webhooks/all")
            #expect(try TestService.secret(made).count == 32)
            #expect(made.json["isEnabled"] == .boolean(true))
            #expect(
                made.json["eventTypes"]
                    == .array([.string("payment.succeeded"), .string("outage.changed")]))
            let again = try await service.call(
                as: partner, "PUT", "/v1/webhooks/all",
                #"{"url":"https://other.vn/","eventTypes":["outage.restored"]}"#)
            #expect(again.status == 200)
            #expect(again.json["secret"].isNull)
            #expect(again.json["url"].string == "https://other.vn/")
            // Another partner's of the same name is another webhook.
            let other = try await service.newPartner()
            #expect(
                try await service.call(as: other, "PUT", "/v1/webhooks/all", Self.body).status
                    == 201)
            let sealed = try await service.database.count(
                "webhooks", "encode(sealed_secret, 'escape') like '%whsec%'")
            #expect(sealed == 0)
        }
    }

    @Test("ten are enough for a client")
    func limit() async throws {
        try await TestService.run { service in
            let partner = try await service.newPartner()
            for number in 0..<10 {
                let path = "/v1/webhooks/w-\(number)"
                #expect(
                    try await service.call(as: partner, "PUT", path, Self.body).status == 201)
            }
            let over = try await service.call(as: partner, "PUT", "/v1/webhooks/w-x", Self.body)
            #expect(over.problem == "409 webhook_limit_reached")
            let known = try await service.call(as: partner, "PUT", "/v1/webhooks/w-0", Self.body)
            #expect(known.status == 200)
        }
    }

    @Test(
        "what cannot be called, or is no event, is named",
        arguments: [
            ("{}", ["#/url", "#/eventTypes"]),
            (#"{"url":"http://a.vn","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https:///x","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://u:p@a.vn/","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://a.vn/#x","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://a.vn/ x","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://a.vn\\@b/","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://a.vn/\u00e1","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"file:///etc/passwd","eventTypes":["outage.changed"]}"#, ["#/url"]),
            (#"{"url":"https://a.vn","eventTypes":[]}"#, ["#/eventTypes"]),
            (#"{"url":"https://a.vn","eventTypes":["x","outage.changed"]}"#, ["#/eventTypes/0"]),
        ])
    func malformed(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let partner = try await service.newPartner()
            let answer = try await service.call(as: partner, "PUT", "/v1/webhooks/all", body)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == fields)
            let named = try await service.call(as: partner, "PUT", "/v1/webhooks/A_b", Self.body)
            #expect(named.wrongFields == ["webhook"])
            #expect(
                try await service.call("PUT", "/v1/webhooks/all", Self.body).problem
                    == "403 forbidden")
        }
    }
}
