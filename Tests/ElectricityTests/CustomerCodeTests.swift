import Testing

@testable import Electricity

@Suite("CustomerCode")
struct CustomerCodeTests {
    @Test("a code is PB or PK and eleven digits", arguments: ["PB06010001234", "PK00000000000"])
    func exact(text: String) throws {
        let code = try #require(CustomerCode(exact: text))
        #expect(code.text == text)
        #expect(code.description == text)
    }

    @Test(
        "what is no code is refused",
        arguments: [
            "", "PB0601000123", "PB060100012345", "PA06010001234", "XB06010001234",
            "PB0601000123A", "pb06010001234", " PB06010001234", "PB0601000123４", "ＰB06010001234",
        ])
    func malformed(text: String) {
        #expect(CustomerCode(exact: text) == nil)
    }

    @Test(
        "a person may type white space around it and small letters",
        arguments: [
            "pb06010001234", "  PB06010001234 ", " pB06010001234", "PB06010001234\r\n",
            "\tPB06010001234", "\u{A0}PB06010001234\u{A0}",
        ])
    func typed(text: String) throws {
        #expect(try #require(CustomerCode(typed: text)).text == "PB06010001234")
    }

    @Test(
        "spaces inside and other characters stay wrong",
        arguments: ["", "   ", "PB 06010001234", "PB0601000\n1234", "PBO6010001234"])
    func typedWrong(text: String) {
        #expect(CustomerCode(typed: text) == nil)
    }

    @Test("codes stand in the order of their characters")
    func order() throws {
        let first = try #require(CustomerCode(exact: "PB06010001234"))
        let second = try #require(CustomerCode(exact: "PB06010001235"))
        #expect(first < second)
        #expect(Set([first, second, first]).count == 2)
    }
}
