import JSON
import Testing

@testable import CustomerCare

@Suite("Templates of messages")
struct MessageBookTests {
    private static func file(_ vietnamese: String, _ english: String = "{a}") -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.list("templates") { json in
                json.element { json in
                    json.field("topic", "chat")
                    json.field("parameters") { $0.field("a", "text") }
                    json.field("vi", vietnamese)
                    json.field("en", english)
                }
            }
        }
        return json.bytes
    }

    @Test("our own templates have no fault, and there is one for each topic")
    func own() throws {
        let guides = try GuideBook()
        for topic in MessageTopic.allCases {
            #expect(guides.messages.template(topic)?.topic == topic)
        }
        #expect(Set(MessageTopic.allCases.map(\.number)).count == MessageTopic.allCases.count)
        #expect(MessageTopic.allCases.allSatisfy { (0..<32).contains($0.number) })
    }

    @Test("the linter names links, unknown places, unused parameters and long texts")
    func lint() {
        #expect(MessageBook.faults(Self.file("{a}")) == [])
        for text in [
            "{a} https://evn.vn", "{a} www.evn", "{a} evnspc.vn/tra-cuu", "{a} HTTP://x",
            "{a} cskh-evn.COM",
        ] {
            #expect(MessageBook.faults(Self.file(text)) == ["chat.vi: a link"], "\(text)")
        }
        #expect(MessageBook.faults(Self.file("{a} {b}")) == ["chat.vi: {b} is no parameter"])
        #expect(MessageBook.faults(Self.file("a")) == ["chat.vi: {a} is not used"])
        let long = "{a}" + String(repeating: "x", count: 600)
        #expect(MessageBook.faults(Self.file(long)) == ["chat.vi: too long"])
        #expect(MessageBook.faults(Array("[]".utf8)) == nil)
    }

    @Test("places are filled once, and a line whose place is empty is left out")
    func filled() throws {
        let guides = try GuideBook()
        let words = MessageText(
            book: guides.messages, services: guides.services, language: .vietnamese)
        let values = try JSONValue.parse(
            Array(
                #"{"trackingCode":"{state}","service":"new-supply","state":"completed"}"#.utf8))
        #expect(
            words.text(.requestProgress, values)
                == "Yêu cầu {state} (Đăng ký mua điện): đã hoàn tất.")
        let receipt = try JSONValue.parse(
            Array(#"{"customerCodes":"PB1","amount":1234567,"transaction":"T"}"#.utf8))
        #expect(words.text(.paymentReceipt, receipt).contains("1.234.567 đồng"))
    }
}
