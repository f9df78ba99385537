import Electricity
import JSON
import Logging
import Testing

@testable import CustomerCare

@Suite("Lines of the log")
struct LogLineTests {
    private static func line(_ fields: [(String, String)]) -> [UInt8] {
        var line = LogLine()
        line.begin(
            at: Instant(microsecondsSince1970: 1_785_562_496_789_000), level: .info,
            event: "tested")
        for (name, value) in fields { line.add(name, value) }
        line.end()
        return line.bytes
    }

    @Test("a line tells time in Vietnam, level, event and fields")
    func works() {
        var line = LogLine()
        line.begin(at: Instant(microsecondsSince1970: 5_000), level: .warning, event: "x")
        line.add("count", Int.min)
        line.add("text", "Điện")
        line.end()
        #expect(
            String(decoding: line.bytes, as: UTF8.self)
                == #"{"time":"1970-01-01T07:00:00.005+07:00","level":"warning","event":"x","#
                + #""count":-9223372036854775808,"text":"Điện"}"#)
    }

    @Test("no character of a value ends a line, a text or an object, or turns what is shown")
    func forging() throws {
        let dangerous: [ClosedRange<UInt32>] = [
            0x00...0x1F, 0x22...0x22, 0x5C...0x5C, 0x7F...0x9F, 0x61C...0x61C, 0x200E...0x200F,
            0x2028...0x202E, 0x2066...0x2069, 0xFEFF...0xFEFF,
        ]
        for value in dangerous.joined() {
            let scalar = try #require(Unicode.Scalar(value))
            let text = "a\(Character(scalar))\",\"level\":\"error"
            let bytes = Self.line([("text", text)])
            let members = try #require(object(bytes), "U+\(String(value, radix: 16))")
            #expect(members.count == 4)
            #expect(members["level"] == .string("info"))
            let shown = value == 0 ? "a\u{FFFD}\",\"level\":\"error" : text
            #expect(members["text"] == .string(shown), "U+\(String(value, radix: 16))")
            #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F })
            let plain = String(decoding: bytes, as: UTF8.self).unicodeScalars
            if value > 0x7F { #expect(!plain.contains(scalar), "U+\(String(value, radix: 16))") }
        }
    }

    @Test("a value is cut between characters, and its line is an object still")
    func longValues() throws {
        for part in ["a", "é", "ế", "🏠", "\u{1}", "\"", "\\", "\u{2028}"] {
            for extra in ["", "x", "xx", "xxx"] {
                let long = extra + String(repeating: part, count: 600)
                let members = try #require(object(Self.line([("text", long)])))
                let text = try #require(members["text"]?.string)
                #expect(text.hasSuffix("\u{2026}"))
                #expect(long.unicodeScalars.starts(with: text.unicodeScalars.dropLast()))
                #expect(text.utf8.count <= LogLine.maximumValueBytes + 3)
            }
        }
        let fits = String(repeating: "a", count: LogLine.maximumValueBytes)
        #expect(object(Self.line([("text", fits)]))?["text"] == .string(fits))
    }

    @Test("what would make a line too long is left out and told, the rest stays")
    func longLines() throws {
        let long = String(repeating: "\u{1}", count: 512)
        let bytes = Self.line([("a", long), ("b", long), ("c", "short"), ("d", long)])
        #expect(bytes.count <= 4_095)
        let members = try #require(object(bytes))
        #expect(members["a"]?.string?.utf8.count == 512)
        #expect(members["b"] == nil)
        #expect(members["c"] == .string("short"))
        #expect(members["d"] == nil)
        #expect(members["cut"] == .boolean(true))
        for count in 0..<200 {
            let fields = (0..<count).map { ("f\($0)", "0123456789012345678") }
            let bytes = Self.line(fields)
            #expect(bytes.count <= 4_095)
            #expect(object(bytes) != nil)
        }
    }
}
