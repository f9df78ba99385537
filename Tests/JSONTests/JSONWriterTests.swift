import JSON
import Testing

/// The writer alone, and together with the parser.
struct JSONWriterTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(reservingCapacity: 16)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("members and items are separated by commas at every level")
    func structure() {
        let written = text { writer in
            writer.object { root in
                root.field("a", "x")
                root.field("none", String?.none)
                root.field("i", 7)
                root.field("j", Int64?.none)
                root.field("t", true)
                root.field("u", Bool?.none)
                root.field("o") { _ in }
                root.list("l") { list in
                    list.element("s")
                    list.element(-1)
                    list.element { $0.field("x", Int?.none) }
                    list.array { $0.nullElement() }
                    list.rawElement(Array("[1]".utf8))
                    list.element(false)
                }
                root.nullField("n")
                root.rawField("r", Array(#"{"k":1}"#.utf8))
            }
        }
        #expect(
            written == """
                {"a":"x","none":null,"i":7,"j":null,"t":true,"u":null,"o":{},\
                "l":["s",-1,{"x":null},[null],[1],false],"n":null,"r":{"k":1}}
                """)
    }

    @Test("what needs an escape gets one, and nothing else")
    func escapes() {
        let written = text { $0.element("\"\\/\n\r\t\u{0}\u{1F}\u{7F}é\u{2028}\u{2029}€😀") }
        #expect(written == #""\"\\/\n\r\t\u0000\u001f"# + "\u{7F}é" + #"\u2028\u2029€😀""#)
        #expect(text { $0.object { $0.field("a\"b", 1) } } == #"{"a\"b":1}"#)
    }

    @Test(
        "whole numbers are written digit by digit",
        arguments: [0, 1, -1, 9, 10, 100, 512_340, Int64.max, Int64.min])
    func integers(number: Int64) {
        #expect(text { $0.element(number) } == String(number))
    }

    @Test(
        "decimals are exact and carry no trailing zeros",
        arguments: [
            (1234, 1, "123.4"), (100, 1, "10"), (100, 0, "100"), (5, 2, "0.05"), (-5, 1, "-0.5"),
            (0, 3, "0"), (-1200, 2, "-12"), (1010, 2, "10.1"),
            (Int64.min, 18, "-9.223372036854775808"),
        ] as [(Int64, Int, String)])
    func decimals(value: Int64, scale: Int, expected: String) {
        #expect(
            text { $0.object { $0.field("d", decimal: value, scale: scale) } }
                == #"{"d":\#(expected)}"#)
    }

    @Test("whatever is written is read back the same, for a thousand random trees")
    func roundTrip() throws {
        var random = SeededGenerator(state: 20_210_105)
        for _ in 0..<1_000 {
            let value = randomValue(&random, depth: 4)
            var writer = JSONWriter()
            write(value, to: &writer)
            #expect(try JSONValue.parse(writer.bytes) == value)
        }
    }

    private func randomValue(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2:
            return .integer(
                Int64.random(in: .min ... .max, using: &random)
                    >> Int.random(in: 0..<64, using: &random))
        case 3: return .string(randomText(&random))
        case 4:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    randomValue(&random, depth: depth - 1)
                })
        default:
            return .object(
                (0..<Int.random(in: 0..<5, using: &random)).map { index in
                    JSONMember(
                        name: "\(index)" + randomText(&random),
                        value: randomValue(&random, depth: depth - 1))
                })
        }
    }

    private func randomText(_ random: inout SeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0x01...0x1F, 0x22...0x22, 0x5C...0x5C, 0x1EA0...0x1EF9, 0x2020...0x2030,
            0xE000...0xFFFF, 0x1F600...0x1F64F,
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value {
        case .null, .real, .outOfRange: writer.nullElement()
        case .boolean(let truth): writer.element(truth)
        case .integer(let number): writer.element(number)
        case .string(let text): writer.element(text)
        case .array(let items):
            writer.array { list in for item in items { write(item, to: &list) } }
        case .object(let members):
            writer.object { object in
                for member in members {
                    var inner = JSONWriter()
                    write(member.value, to: &inner)
                    object.rawField(member.name, inner.bytes)
                }
            }
        }
    }
}

/// SplitMix64: the same numbers on every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
