import JSON
import Testing

@testable import CustomerCare

@Suite("proposeMessageText")
struct ProposeMessageTextTests {
    private static let path = "/v1/staff/message-templates/welcome/text"

    private static func body(_ word: String) -> String {
        #"{"vi":"\#(word) {customerCode}","en":"\#(word) {customerCode}."}"#
    }

    @Test("two persons who say the same change what is sent; one alone changes nothing")
    func approved() async throws {
        try await FakeZalo.run { service, fake in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            for _ in 0..<2 {
                let proposed = try await service.call(
                    as: first, "POST", Self.path, Self.body("Chào"))
                #expect(proposed.status == 202)
                #expect(proposed.json["state"].string == "proposed")
                #expect(proposed.json["version"].isNull)
            }
            // Another text is another proposal, and its author may not approve it either.
            #expect(
                try await service.call(as: second, "POST", Self.path, Self.body("Mừng")).status
                    == 202)
            #expect(
                try await service.call(as: second, "POST", Self.path, Self.body("Mừng")).status
                    == 202)
            let approved = try await service.call(as: first, "POST", Self.path, Self.body("Mừng"))
            #expect(approved.status == 200)
            #expect(approved.json["version"].int == 1)
            let account = try await service.correspondent("1")
            let customer = try await service.add(try TestCustomer())
            try await service.follow(customer, as: account)
            try await service.reloadTemplates()
            try await service.sendMessages()
            #expect(fake.taken.last?.text.hasPrefix("Mừng \(customer.code)\n") == true)
            let list = try await service.call(as: first, "GET", "/v1/staff/message-templates")
            #expect(list.json["items"][0]["version"].int == 1)
            #expect(list.json["items"][0]["vi"].string == "Mừng {customerCode}")
            #expect(list.json["items"][0]["proposal"].isNull)
            // And the next version after it.
            _ = try await service.call(as: first, "POST", Self.path, Self.body("Xin chào"))
            let next = try await service.call(as: second, "POST", Self.path, Self.body("Xin chào"))
            #expect(next.json["version"].int == 2)
            #expect(
                try await service.database.count(
                    "staff_actions", "action = 'message_text_approved' and subject = 'welcome'")
                    == 2)
        }
    }

    @Test(
        "a text with a fault is refused before anybody has to look at it",
        arguments: [
            (#"{"vi":"Chào","en":"{customerCode}"}"#, ["#/vi"]),
            (#"{"vi":"{customerCode} evn.vn","en":"{customerCode} {x}"}"#, ["#/vi", "#/en"]),
            (#"{"vi":"{customerCode}"}"#, ["#/en"]),
        ])
    func refused(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let answer = try await service.call(as: staff, "POST", Self.path, body)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == fields)
            #expect(try await service.call("POST", Self.path, body).problem == "403 forbidden")
        }
    }

    @Test("a text that is approved but has a fault for this program is not used")
    func unusable() async throws {
        let guides = try GuideBook()
        let book = guides.messages.replacing([
            .welcome: Wording("{x}", "{customerCode}"), .chat: Wording("{text}!", "{text}!"),
        ])
        #expect(book.template(.welcome)?.text == guides.messages.template(.welcome)?.text)
        #expect(book.template(.chat)?.text.english == "{text}!")
    }
}
