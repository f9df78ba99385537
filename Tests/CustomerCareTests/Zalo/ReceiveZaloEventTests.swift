import Electricity
import Testing

@testable import CustomerCare

@Suite("receiveZaloEvent")
struct ReceiveZaloEventTests {
    private static let sender = #""sender":{"id":"oa-1"},"user_id_by_app":"app-1""#

    @Test("an event is kept once, sealed, and forgotten when it has been worked on")
    func kept() async throws {
        try await FakeZalo.run { service, _ in
            let members = Self.sender + #","message":{"text":"nợ của tôi","msg_id":"m-1"}"#
            for _ in 0..<3 {
                let answer = try await service.tell("user_send_text", members)
                #expect(answer.status == 200)
                #expect(answer.text == "{}")
            }
            #expect(try await service.database.count("zalo_events", "true") == 1)
            #expect(
                try await service.database.count(
                    "zalo_events", "position('nợ'::bytea in sealed_event) > 0") == 0)
            try await service.workOnEvents()
            #expect(
                try await service.database.count(
                    "zalo_events", "done_at is not null and sealed_event = ''") == 1)
            #expect(service.failureReasons.isEmpty)
        }
    }

    @Test("a wrong code, none, another app, too old or too new: 401, and nothing is kept")
    func refused() async throws {
        try await FakeZalo.run { service, _ in
            let now = service.clock.now.microsecondsSince1970 / 1_000
            let answers = [
                try await service.tell("follow", Self.sender, secret: "APP_SECRET_test_01"),
                try await service.tell("follow", Self.sender) { $0.remove("x-zevent-signature") },
                try await service.tell("follow", Self.sender) { $0.body?[20] ^= 1 },
                try await service.tell("follow", Self.sender) {
                    $0.set("x-zevent-signature", "mac=")
                },
                try await service.tell("follow", Self.sender, at: now - 7_201_000),
                try await service.tell("follow", Self.sender, at: now + 7_201_000),
            ]
            for answer in answers { #expect(answer.problem == "401 unauthenticated") }
            let late = try await service.tell("follow", Self.sender, at: now - 3_600_000)
            #expect(late.status == 200)
            #expect(try await service.database.count("zalo_events", "true") == 1)
        }
    }

    @Test("without an Official Account nothing is believed, and the empty try is answered")
    func unconfigured() async throws {
        try await TestService.run { service in
            let told = try await service.tell("follow", Self.sender)
            #expect(told.problem == "401 unauthenticated")
            var probe = TestRequest("POST", "/v1/zalo/events", "{}")
            probe.remove("idempotency-key")
            let answer = try await service.send(probe)
            #expect(answer.status == 200)
        }
    }
}
