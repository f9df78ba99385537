import JSON
import Testing

/// Well-formed and broken texts; where Python's strict reader is more lenient the case says so.
struct JSONParserTests {
    @Test(
        "a well-formed text gives its value",
        arguments: [
            ("null", .null), ("true", .boolean(true)), (" false\t\r\n", .boolean(false)),
            ("0", .integer(0)), ("-0", .integer(0)), ("42", .integer(42)),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("1.0", .real(1)), ("1e2", .real(100)), ("1E+2", .real(100)), ("-2.5e-1", .real(-0.25)),
            ("1e-999", .real(0)), ("1.7976931348623157e308", .real(.greatestFiniteMagnitude)),
            (#""""#, .string("")), (#""\u00e9\n\/\"\\""#, .string("é\n/\"\\")),
            (#""\ud83d\ude00""#, .string("😀")),
            ("\"\u{7F}\u{2028}\"", .string("\u{7F}\u{2028}")),
            ("[]", .array([])), ("{}", .object([])),
            ("[1 , [2]]", .array([.integer(1), .array([.integer(2)])])),
            (
                #"{"b":1,"a":null}"#,
                .object([
                    JSONMember(name: "b", value: .integer(1)), JSONMember(name: "a", value: .null),
                ])
            ),
        ] as [(String, JSONValue)])
    func wellFormed(text: String, value: JSONValue) {
        #expect(Outcome(parsing: text) == .value(value))
    }

    @Test(
        "a number that no type holds is out of range and not a broken text",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "1e309", "-1e309", "1E+400",
            "123456789012345678901234567890", "179769313486231570000e300",
        ])
    func outOfRange(number: String) {
        #expect(Outcome(parsing: number) == .value(.outOfRange))
        #expect(
            Outcome(parsing: #"{"\"1e999":[1,\#(number) ,"9",2.5],"b":\#(number)}"#)
                == .value(
                    .object([
                        JSONMember(
                            name: "\"1e999",
                            value: .array([.integer(1), .outOfRange, .string("9"), .real(2.5)])),
                        JSONMember(name: "b", value: .outOfRange),
                    ])))
    }

    @Test(
        "a broken text is refused with its reason",
        arguments: [
            ("", .empty), (" \n\t", .empty), ("\u{FEFF}{}", .byteOrderMark),
            // Python keeps the last of two equal names.
            (#"{"a":1,"a":2}"#, .duplicateName), (#"{"a":1,"\u0061":2}"#, .duplicateName),
            // Python takes NUL escapes and unpaired surrogates.
            (#""\u0000""#, .nul), (#"{"\u0000":1}"#, .nul), ("\"a\0\"", .nul), ("\0", .nul),
            ("\"\\\0\"", .nul), ("{}\0", .nul),
            (#""\ud800""#, .syntax), (#""\udc00""#, .syntax), (#""\ud800\u0041""#, .syntax),
            ("1 2", .trailingBytes), ("{}x", .trailingBytes), ("[1]]", .trailingBytes),
            ("01", .syntax), ("-01", .syntax), ("+1", .syntax), (".5", .syntax), ("5.", .syntax),
            ("1e", .syntax), ("1e+", .syntax), ("-", .syntax), ("0x10", .trailingBytes),
            // Python takes these three.
            ("NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax),
            ("[1,]", .syntax), (#"{"a":1,}"#, .syntax), ("{a:1}", .syntax), ("{'a':1}", .syntax),
            ("[1", .unexpectedEnd), (#"{"a":"#, .unexpectedEnd), ("// c\n1", .syntax),
            ("\"\n\"", .syntax), ("\"\t\"", .syntax), (#""\x41""#, .syntax), ("True", .syntax),
            ("９", .syntax), ("[1\u{A0}]", .syntax), ("\u{B}1", .syntax),
            ("1e999.5", .syntax), ("99999999999999999999-1", .syntax),
            ("99999999999999999999x", .trailingBytes), ("099999999999999999999", .syntax),
            ("99999999999999999999 1", .trailingBytes),
        ] as [(String, JSONSyntaxError.Reason)])
    func broken(text: String, reason: JSONSyntaxError.Reason) {
        #expect(Outcome(parsing: text) == .refused(reason))
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xE2, 0x82], [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        #expect(Outcome(parsing: [0x22] + bytes + [0x22]) == .refused(.invalidUTF8))
        #expect(Outcome(parsing: [0x22] + bytes) == .refused(.invalidUTF8))
    }

    @Test("nesting is taken up to the limit and refused beyond it, without a crash")
    func depth() {
        func nested(_ count: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
        }
        #expect(Outcome(parsing: nested(33)) == .refused(.tooDeep))
        #expect(Outcome(parsing: nested(100_000)) == .refused(.tooDeep))
        #expect(
            Outcome(parsing: Array(#"{"a":"[[[["}"#.utf8), maximumDepth: 1) != .refused(.tooDeep))
        guard case .value(.array) = Outcome(parsing: nested(32)) else {
            Issue.record("32 arrays within each other were refused")
            return
        }
    }

    @Test("every prefix of a text is refused, and none traps")
    func prefixes() {
        let text = Array(#"{"a":[1,-2.5e3,99999999999999999999,"x\u00e9é\\"],"b":{"c":1}}"#.utf8)
        for end in 0..<text.count {
            let outcome = Outcome(parsing: Array(text[..<end]))
            guard case .refused = outcome else {
                Issue.record("the first \(end) bytes were taken")
                continue
            }
        }
    }

    @Test("the place of a fault is given in bytes, lines and columns, and nothing of the text")
    func place() throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONValue.parse(Array("{\n \"é\": 1,\n \"é\": 2}".utf8))
        }
        #expect(error.reason == .duplicateName)
        #expect(error.line == 3)
        #expect(error.column == 5)
        #expect(error.byteOffset == 17)
    }

    @Test("a body full of numbers beyond range takes linear time and keeps their places")
    func manyOutOfRange() {
        let count = 20_000
        let items = (0..<count).map { $0.isMultiple(of: 2) ? "1e999" : "\($0)" }
        let text = "[" + items.joined(separator: ",") + "]"
        let expected = (0..<count).map {
            $0.isMultiple(of: 2) ? JSONValue.outOfRange : .integer(Int64($0))
        }
        #expect(Outcome(parsing: text) == .value(.array(expected)))
    }
}
