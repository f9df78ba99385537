import Testing

@testable import CustomerCare

@Suite("listNotifications")
struct ListNotificationsTests {
    @Test("what was sent is listed, newest first, with its text and its code, page by page")
    func listed() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            var codes: [String] = []
            for _ in 0..<3 {
                codes.insert(try await service.newRequest(of: account), at: 0)
                service.clock.advance(seconds: 1)
            }
            let none = try await service.call("GET", account + "/notifications")
            #expect(none.json["items"].items.isEmpty)
            try await service.sendMessages()
            let first = try await service.call("GET", account + "/notifications?limit=2")
            let next = try #require(first.json["next"].string)
            let second = try await service.call(
                "GET", account + "/notifications?limit=2&cursor=\(next)")
            #expect(second.json["next"].isNull)
            let items = first.json["items"].items + second.json["items"].items
            #expect(items.count == 3)
            for (item, code) in zip(items, codes) {
                #expect(item["topic"].string == "request_progress")
                #expect(item["text"].string?.contains(code) == true)
                #expect(item["channel"].string == "consultation")
                // What was sent is the text with the code behind it.
                let sent = fake.taken.first { $0.text.contains(code) }
                #expect(sent?.text.hasPrefix(item["text"].string ?? "-") == true)
                #expect(sent?.text.hasSuffix(item["verificationCode"].string ?? "-") == true)
            }
        }
    }

    @Test("the text is in the language that is asked for")
    func language() async throws {
        try await FakeZalo.run { service, _ in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            let answer = try await service.call("GET", account + "/notifications") {
                $0.set("accept-language", "en")
            }
            #expect(answer.json["items"][0]["text"].string?.contains("received") == true)
        }
    }

    @Test("a wrong cursor or limit is named")
    func wrong() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            for (query, name) in [("cursor=x", "cursor"), ("limit=101", "limit")] {
                let answer = try await service.call("GET", account + "/notifications?" + query)
                #expect(answer.wrongFields == [name])
            }
        }
    }
}
