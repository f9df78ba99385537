import Electricity
import Testing

@testable import CustomerCare

@Suite("Events of Zalo")
struct ZaloEventWorkTests {
    @Test("whoever follows is known as following, whatever order the events come in")
    func follow() async throws {
        try await FakeZalo.run { service, _ in
            let made = try await service.call("PUT", "/v1/accounts", #"{"zaloUserId":"app-1"}"#)
            let account = "/v1/accounts/" + (made.json["accountId"].string ?? "")
            let now = service.clock.now.microsecondsSince1970 / 1_000
            let person = #""follower":{"id":"oa-1"},"user_id_by_app":"app-1""#
            _ = try await service.tell("unfollow", person, at: now - 1_000)
            _ = try await service.tell("follow", person, at: now)
            try await service.workOnEvents()
            #expect(
                try await service.call("GET", account).json["followState"].string == "following")
            // Older than what is known.
            _ = try await service.tell("unfollow", person, at: now - 2_000)
            try await service.workOnEvents()
            #expect(
                try await service.call("GET", account).json["followState"].string == "following")
        }
    }

    @Test("somebody who followed first is known as following when the account begins")
    func followedFirst() async throws {
        try await FakeZalo.run { service, _ in
            _ = try await service.tell(
                "follow", #""follower":{"id":"oa-7"},"user_id_by_app":"app-7""#)
            try await service.workOnEvents()
            let made = try await service.call("PUT", "/v1/accounts", #"{"zaloUserId":"app-7"}"#)
            #expect(made.json["followState"].string == "following")
        }
    }

    @Test("a text is answered by the look-ups, a stranger is told how to begin")
    func texts() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            let text = #""sender":{"id":"oa-1"},"user_id_by_app":"app-1","message":{"text":"nợ","#
            _ = try await service.tell("user_send_text", text + #""msg_id":"m-1"}"#)
            _ = try await service.tell(
                "user_send_text",
                #""sender":{"id":"oa-2"},"message":{"text":"xin chào","msg_id":"m-2"}"#)
            try await service.workOnEvents()
            try await service.sendMessages()
            let taken = fake.taken.sorted { $0.to < $1.to }
            #expect(taken.map(\.to) == ["oa-1", "oa-2"])
            #expect(taken.allSatisfy { $0.path == "/v3.0/oa/message/cs" })
            let asked = try await service.call(
                "POST", account + "/messages", #"{"text":"nợ"}"#)
            #expect(taken[0].text == asked.json["text"].string)
            #expect(taken[1].text.contains("đăng ký"))
            // The same again is answered once.
            _ = try await service.tell("user_send_text", text + #""msg_id":"m-1"}"#)
            try await service.workOnEvents()
            try await service.sendMessages()
            #expect(fake.taken.count == 2)
        }
    }

    @Test("receipts in any order leave the furthest state, and are never answered")
    func receipts() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
            func receipt(_ name: String, _ message: String) async throws {
                let told = try await service.tell(
                    name,
                    #""sender":{"id":"OA"},"recipient":{"id":"oa-1"},"message":\#(message)"#)
                #expect(told.status == 200)
                try await service.workOnEvents()
            }
            func state() async throws -> String? {
                let list = try await service.call("GET", account + "/notifications")
                return list.json["items"][0]["state"].string
            }
            #expect(try await state() == "sent")
            try await receipt("user_seen_message", #"{"msg_ids":["zalo-1"]}"#)
            #expect(try await state() == "seen")
            service.clock.advance(seconds: 1)
            try await receipt("user_received_message", #"{"msg_id":"zalo-1"}"#)
            #expect(try await state() == "seen")
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
        }
    }

    @Test("a receipt that is faster than our own note is looked at again")
    func early() async throws {
        try await FakeZalo.run { service, _ in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            _ = try await service.tell(
                "user_received_message",
                #""sender":{"id":"OA"},"recipient":{"id":"oa-1"},"message":{"msg_id":"zalo-1"}"#)
            try await service.workOnEvents()
            try await service.sendMessages()
            service.clock.advance(seconds: 6)
            try await service.workOnEvents()
            let list = try await service.call("GET", account + "/notifications")
            #expect(list.json["items"][0]["state"].string == "delivered")
        }
    }

    @Test("what is unknown is kept and done, and a person's number is sealed")
    func others() async throws {
        try await FakeZalo.run { service, _ in
            _ = try await service.tell("change_oa_daily_quota", #""oaId":"1""#)
            _ = try await service.tell(
                "user_submit_info",
                #""sender":{"id":"oa-1"},"user_id_by_app":"app-1","#
                    + #""info":{"name":"Nguyễn An","phone":"84912345678"}"#)
            try await service.workOnEvents()
            #expect(try await service.database.count("zalo_events", "done_at is null") == 0)
            let sealed = try await service.database.count(
                "zalo_contacts",
                "sealed_phone is not null and position('912345678'::bytea in sealed_phone) = 0")
            #expect(sealed == 1)
        }
    }
}
