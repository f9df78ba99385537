import JSON
import Testing

@testable import CustomerCare

@Suite("replayDeadLetters")
struct ReplayDeadLettersTests {
    private static let path = "/v1/staff/dead-letters/replays"

    @Test("a letter that is replayed is sent, and its account sees that it was")
    func replayed() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.newAccount()
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            let row = try await service.database.script(
                "select o.message_id, z.zalo_user_id from outbox o join zalo_users z"
                    + " on z.account_id = o.account_id where o.state = 'dead'")
            let letter = try #require(row[0][0])
            let before = try await service.call("GET", account + "/notifications")
            #expect(before.json["items"][0]["state"].string == "failed")
            // The person follows the page at last.
            let user = try #require(row[0][1])
            _ = try await service.tell(
                "user_send_sticker",
                #""sender":{"id":"oa-9"},"user_id_by_app":"\#(user)","message":{"msg_id":"m9"}"#)
            try await service.workOnEvents()
            let staff = try await service.newStaff()
            let body = #"{"messageIds":["\#(letter)","\#(TestRequest.unknownId())"]}"#
            let answer = try await service.call(as: staff, "POST", Self.path, body)
            #expect(answer.status == 200)
            #expect(answer.json["replayed"] == .array([.string(letter)]))
            let again = try await service.call(as: staff, "POST", Self.path, body)
            #expect(again.json["replayed"] == .array([]))
            try await service.sendMessages()
            #expect(fake.taken.map(\.to) == ["oa-9"])
            let after = try await service.call("GET", account + "/notifications")
            #expect(after.json["items"].items.map { $0["state"].string } == ["sent"])
            #expect(
                try await service.database.count(
                    "staff_actions", "action = 'dead_letter_replayed' and subject = '\(letter)'")
                    == 1)
        }
    }

    @Test(
        "wrong ids are named, and nobody else may replay",
        arguments: [
            (#"{"messageIds":["x"]}"#, ["#/messageIds/0"]), ("{}", ["#/messageIds"]),
            (#"{"messageIds":[]}"#, ["#/messageIds"]), (#"{"messageIds":7}"#, ["#/messageIds"]),
            (
                #"{"messageIds":["00000000-0000-7000-8000-000000000001",7,"#
                    + #""zzzzzzzz-0000-7000-8000-000000000001"]}"#,
                ["#/messageIds/1", "#/messageIds/2"]
            ),
        ])
    func malformed(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let answer = try await service.call(as: staff, "POST", Self.path, body)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == fields)
            #expect(try await service.call("POST", Self.path, body).problem == "403 forbidden")
        }
    }
}
