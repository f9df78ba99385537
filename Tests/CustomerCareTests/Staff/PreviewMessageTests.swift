import JSON
import Testing

@testable import CustomerCare

@Suite("previewMessage")
struct PreviewMessageTests {
    private static let path = "/v1/staff/message-templates/debt_reminder/preview"

    @Test("a text is shown with sample values, and every fault of it is told")
    func shown() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let good = try await service.call(
                as: staff, "POST", Self.path,
                #"{"vi":"{customerCode} nợ {amount}\nhạn {dueOn}","#
                    + #""en":"{customerCode} owes {amount}, due {dueOn}"}"#)
            #expect(good.status == 200)
            #expect(good.json["vi"].string == "PB06010001234 nợ 1.234.567 đồng\nhạn 25/11/2026")
            #expect(good.json["en"].string == "PB06010001234 owes 1,234,567 VND, due 25/11/2026")
            #expect(good.json["faults"] == .array([]))
            let bad = try await service.call(
                as: staff, "POST", Self.path,
                #"{"vi":"{customerCode} {amount} {dueOn} http://evn.vn","en":"{name}"}"#)
            let faults = bad.json["faults"].items.map {
                "\($0["language"].string ?? "") \($0["detail"].string ?? "")"
            }
            #expect(
                faults == [
                    "vi a link", "en {name} is no parameter", "en {amount} is not used",
                    "en {customerCode} is not used", "en {dueOn} is not used",
                ])
            #expect(
                try await service.database.count(
                    "message_text_proposals", "topic = 'debt_reminder'")
                    == 0)
        }
    }

    @Test("every topic has samples for all its places")
    func samples() async throws {
        let guides = try GuideBook()
        let now = try TestClock("2026-11-25T10:00:00").now
        for topic in MessageTopic.allCases {
            let template = try #require(guides.messages.template(topic))
            let values = MessageTemplate.sample(template.parameters, at: now)
            for language in [Language.vietnamese, .english] {
                let text = MessageText(
                    book: guides.messages, services: guides.services, language: language
                ).text(template, values)
                let lines = template.text.text(in: language).split(separator: "\n").count
                #expect(text.split(separator: "\n").count == lines, "\(topic)")
                #expect(!text.contains("{"), "\(topic)")
            }
        }
    }

    @Test(
        "what cannot be a text is named, and a topic that is none is not found",
        arguments: [
            ("{}", ["#/vi", "#/en"]), (#"{"vi":"a\u0007","en":"a"}"#, ["#/vi"]),
            (#"{"vi":"a","en":"a\u202eb"}"#, ["#/en"]), (#"{"vi":7,"en":""}"#, ["#/vi", "#/en"]),
        ])
    func malformed(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let answer = try await service.call(as: staff, "POST", Self.path, body)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == fields)
            let path = "/v1/staff/message-templates/nothing/preview"
            #expect(
                try await service.call(as: staff, "POST", path, #"{"vi":"a","en":"a"}"#).problem
                    == "404 not_found")
            #expect(try await service.call("POST", Self.path, body).problem == "403 forbidden")
        }
    }
}
