import Electricity
import Testing

@testable import CustomerCare

@Suite("Messages to Zalo")
struct MessageSenderTests {
    private static func waiting(_ service: TestService) async throws -> Int {
        try await service.database.count("outbox", "state = 'waiting'")
    }

    @Test("each step of a request is one message, by text while somebody has written lately")
    func steps() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            let code = try await service.completedRequest(of: account)
            try await service.sendMessages()
            #expect(fake.taken.count == 3)
            #expect(fake.taken.allSatisfy { $0.to == "oa-1" && $0.text.contains(code) })
            #expect(try await Self.waiting(service) == 0)
            try await service.sendMessages()
            #expect(fake.taken.count == 3)
        }
    }

    @Test("after two days it is a template, and without any way a dead letter")
    func ways() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            service.clock.advance(seconds: 172_801)
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            #expect(fake.taken.map(\.template) == ["T-progress"])
            // Nobody whom the page knows.
            let stranger = try await service.newAccount()
            _ = try await service.newRequest(of: stranger)
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
            #expect(try await service.database.count("outbox", "state = 'dead'") == 1)
            let list = try await service.call("GET", stranger + "/notifications")
            #expect(list.json["items"][0]["state"].string == "failed")
        }
    }

    @Test("when a text is not taken, a template is; when neither, the number that was given")
    func switching() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            _ = try await service.tell(
                "user_submit_info",
                #""sender":{"id":"oa-1"},"user_id_by_app":"app-1","#
                    + #""info":{"name":"An","phone":"84912345678"}"#)
            try await service.workOnEvents()
            fake.refuse(-230, -249)
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            #expect(fake.taken.map(\.path) == ["/message/template"])
            #expect(fake.taken.map(\.to) == ["84912345678"])
        }
    }

    @Test("a message of the night waits for six o'clock, an answer does not")
    func night() async throws {
        try await FakeZalo.run(at: "2026-11-25T23:30:00") { service, fake in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            #expect(fake.taken.isEmpty)
            try service.clock.set("2026-11-26T05:59:59")
            try await service.sendMessages()
            #expect(fake.taken.isEmpty)
            try service.clock.set("2026-11-26T06:00:00")
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
        }
    }

    @Test("while Zalo is down nothing is lost, and afterwards nothing is doubled")
    func down() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            for _ in 0..<3 { _ = try await service.newRequest(of: account) }
            fake.goDown(true)
            try await service.sendMessages()
            #expect(try await Self.waiting(service) == 3)
            fake.goDown(false)
            service.clock.advance(seconds: 86_400)
            // The token is changed as well by then, for which some wait a moment.
            for _ in 0..<4 {
                try await service.sendMessages()
                service.clock.advance(seconds: 3)
            }
            #expect(fake.taken.count == 3)
            #expect(Set(fake.taken.map(\.text)).count == 3)
            #expect(try await Self.waiting(service) == 0)
        }
    }

    @Test("what nobody could send for three days is a dead letter")
    func tooLate() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            service.clock.advance(seconds: 259_200)
            // Two days and more: by template, which is not taken just now.
            fake.refuse(-9_999)
            try await service.sendMessages()
            #expect(fake.taken.isEmpty)
            #expect(try await service.database.count("outbox", "state = 'dead'") == 1)
        }
    }

    @Test("a token that ends is changed once, and one that is refused calls a person")
    func tokens() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            fake.forgetAccess()
            for _ in 0..<4 { _ = try await service.newRequest(of: account) }
            for _ in 0..<3 {
                try await service.sendMessages()
                service.clock.advance(seconds: 3)
            }
            #expect(fake.taken.count == 4)
            #expect(fake.refreshCount == 1)
            let kept = try await service.database.count("zalo_tokens", "version = 2")
            #expect(kept == 1)
            fake.forgetAccess()
            fake.forgetRefresh()
            _ = try await service.newRequest(of: account)
            for _ in 0..<3 {
                try await service.sendMessages()
                service.clock.advance(seconds: 700)
            }
            #expect(fake.refreshCount == 2)
            #expect(service.failureReasons.contains { $0.contains("-14014") })
            #expect(try await Self.waiting(service) == 1)
            // A person brings a new pair.
            try await service.storeTokens(access: "another", refresh: "another")
            service.clock.advance(seconds: 700)
            try await service.sendMessages()
            #expect(fake.taken.count == 5)
        }
    }

    @Test("what an account deleted meanwhile was to be told is forgotten")
    func deleted() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            #expect(try await service.database.count("notifications", "true") == 1)
            _ = try await service.newRequest(of: account)
            #expect(try await service.call("DELETE", account).status == 204)
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
            #expect(try await service.database.count("notifications", "true") == 0)
            #expect(try await service.database.count("zalo_contacts", "true") == 0)
            #expect(try await Self.waiting(service) == 0)
        }
    }

    @Test("the calls of a minute are shared, and the next minute goes on")
    func allowance() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            let minute = service.clock.now.secondsSince1970 / 60 * 60
            try await service.database.script(
                "insert into call_allowances values ('zalo', to_timestamp(\(minute)), 4000)")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            #expect(fake.taken.isEmpty)
            service.clock.advance(seconds: 60)
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
        }
    }

    @Test("quiet hours end at six, and days begin at midnight in Vietnam")
    func quietHours() throws {
        for (now, end) in [
            ("2026-11-25T21:59:59", "2026-11-25T21:59:59"),
            ("2026-11-25T22:00:00", "2026-11-26T06:00:00"),
            ("2026-12-31T23:59:59", "2027-01-01T06:00:00"),
            ("2026-11-25T00:00:00", "2026-11-25T06:00:00"),
            ("2026-11-25T05:59:59", "2026-11-25T06:00:00"),
            ("2026-11-25T06:00:00", "2026-11-25T06:00:00"),
        ] {
            #expect(QuietHours.end(of: try Instant.reading(now)) == (try Instant.reading(end)))
        }
    }
}
