import Testing

@testable import CustomerCare

@Suite("readNotification")
struct ReadNotificationTests {
    @Test("a message is read at the first time, and stays so")
    func read() async throws {
        try await FakeZalo.run { service, _ in
            let account = try await service.correspondent("1")
            _ = try await service.newRequest(of: account)
            try await service.sendMessages()
            let list = try await service.call("GET", account + "/notifications")
            #expect(list.json["items"][0]["readAt"].isNull)
            let id = try #require(list.json["items"][0]["notificationId"].string)
            let path = "\(account)/notifications/\(id)/read"
            let first = try await service.call("POST", path)
            #expect(first.status == 200)
            let readAt = try #require(first.json["readAt"].string)
            service.clock.advance(seconds: 60)
            let again = try await service.call("POST", path)
            #expect(again.json["readAt"].string == readAt)
        }
    }

    @Test("what is not there, or another account's, is not found")
    func missing() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.call(
                "POST", "\(account)/notifications/\(TestRequest.unknownId())/read")
            #expect(answer.problem == "404 not_found")
            let wrong = try await service.call("POST", "\(account)/notifications/x/read")
            #expect(wrong.wrongFields == ["notification"])
        }
    }
}
