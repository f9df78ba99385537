import JSON
import Testing

@testable import CustomerCare

@Suite("listDeadLetters")
struct ListDeadLettersTests {
    @Test("what could not be sent is listed the oldest first, page by page, without what it says")
    func listed() async throws {
        try await FakeZalo.run { service, _ in
            let letters = try await service.deadLetters(3)
            let staff = try await service.newStaff()
            let path = "/v1/staff/dead-letters"
            let page = try await service.call(as: staff, "GET", path + "?limit=2")
            #expect(page.status == 200)
            #expect(page.json["items"].items.map { $0["messageId"].string } == Array(letters[..<2]))
            let first = page.json["items"][0]
            #expect(first["topic"].string == "request_progress")
            #expect(first["fault"].string == "no way to this person")
            #expect(first["attempts"].int == 0)
            #expect(first["parameters"].isNull)
            let cursor = try #require(page.json["next"].string)
            let rest = try await service.call(as: staff, "GET", path + "?cursor=\(cursor)")
            #expect(rest.json["items"].items.map { $0["messageId"].string } == [letters[2]])
            #expect(rest.json["next"].isNull)
            for wrong in ["x", "1_x", "x_\(letters[0])", "1_\(letters[0])_2"] {
                let answer = try await service.call(as: staff, "GET", path + "?cursor=\(wrong)")
                #expect(answer.wrongFields == ["cursor"])
            }
            let none = try await service.call("GET", path)
            #expect(none.problem == "403 forbidden")
        }
    }
}

extension TestService {
    /// So many messages to people whom Zalo does not know, given up; their ids, oldest first.
    func deadLetters(_ count: Int) async throws -> [String] {
        for _ in 0..<count {
            _ = try await newRequest(of: try await newAccount())
            clock.advance(seconds: 1)
        }
        try await sendMessages()
        let rows = try await database.script(
            "select message_id from outbox where state = 'dead' order by created_at")
        try #require(rows.count == count)
        return rows.compactMap { $0[0] }
    }
}
