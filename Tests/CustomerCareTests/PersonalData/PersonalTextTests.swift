import Testing

@testable import CustomerCare

@Suite("Texts of people")
struct PersonalTextTests {
    @Test("a text becomes NFC without white space around it")
    func accepted() {
        let text = PersonalText.accepted("  Nha\u{300} me\u{323} \u{A0}", maximumScalars: 50)
        #expect(text.map { Array($0.unicodeScalars) } == Array("Nhà mẹ".unicodeScalars))
        #expect(PersonalText.accepted("Nhà 2 🏠", maximumScalars: 50) == "Nhà 2 🏠")
    }

    @Test("the limit counts scalars after composition")
    func limit() {
        let fifty = String(repeating: "à", count: 50)
        #expect(PersonalText.accepted(fifty, maximumScalars: 50) == fifty)
        #expect(PersonalText.accepted(fifty + "a", maximumScalars: 50) == nil)
        let decomposed = String(repeating: "a\u{300}", count: 50)
        #expect(PersonalText.accepted(decomposed, maximumScalars: 50) == fifty)
        #expect(PersonalText.accepted("  " + fifty + "  ", maximumScalars: 50) == fifty)
    }

    @Test(
        "what shows nothing or turns what is shown is refused",
        arguments: [
            "", " ", "\u{3000}", "a\u{0}b", "a\nb", "a\tb", "a\u{1B}[31mb", "a\u{7F}b", "a\u{85}b",
            "a\u{61C}b", "a\u{200B}b", "a\u{200D}b", "a\u{200E}b", "a\u{202E}b", "a\u{2028}b",
            "a\u{2029}b", "a\u{2066}b", "a\u{FEFF}b", "a\u{E000}b", "a\u{FFFF}b", "a\u{E0041}b",
            "a\u{115F}b", "a\u{3164}b", "a\u{2800}b", "a\u{AD}b", "\u{301}", "\u{301}\u{302}",
            "a\n", "\ta", "a\u{2028}", "a\u{85}",
        ])
    func refused(text: String) {
        #expect(PersonalText.accepted(text, maximumScalars: 50) == nil)
    }
}
