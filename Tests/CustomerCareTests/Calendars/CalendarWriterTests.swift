import Electricity
import Testing

@testable import CustomerCare

@Suite("Calendar texts")
struct CalendarWriterTests {
    private static func written(_ write: (inout CalendarWriter) -> Void) -> String {
        var calendar = CalendarWriter()
        write(&calendar)
        return String(decoding: calendar.bytes, as: UTF8.self)
    }

    @Test("lines end with CRLF and are folded at 75 octets, never within a character")
    func folding() {
        for length in [67, 68, 200] {
            let text = Self.written { $0.line("SUMMARY", String(repeating: "ợ", count: length)) }
            let lines = text.components("\r\n")
            #expect(lines.last?.isEmpty == true)
            #expect(lines.allSatisfy { $0.utf8.count <= 75 })
            let unfolded = text.replacing("\r\n ", with: "")
            #expect(unfolded == "SUMMARY:" + String(repeating: "ợ", count: length) + "\r\n")
        }
        #expect(Self.written { $0.line("A", String(repeating: "b", count: 73)) }.utf8.count == 77)
    }

    @Test("what means something in a text is escaped, and no line can be made up")
    func escaping() {
        let text = Self.written { $0.text("SUMMARY", "a;b,c\\d\ne\r\u{0}f") }
        #expect(text == "SUMMARY:a\\;b\\,c\\\\d\\nef\r\n")
    }

    @Test(
        "an instant is told in Vietnam's time and in UTC",
        arguments: [
            ("2026-12-31T23:59:59", "20261231T235959", "20261231T165959Z"),
            ("2027-01-01T00:00:00", "20270101T000000", "20261231T170000Z"),
            ("2028-02-29T06:59:59", "20280229T065959", "20280228T235959Z"),
            ("2028-02-29T07:00:00", "20280229T070000", "20280229T000000Z"),
        ])
    func instants(now: String, local: String, utc: String) throws {
        let instant = try Instant.reading(now)
        #expect(
            Self.written { $0.local("DTSTART", instant) }
                == "DTSTART;TZID=Asia/Ho_Chi_Minh:\(local)\r\n")
        #expect(Self.written { $0.utc("DTSTAMP", instant) } == "DTSTAMP:\(utc)\r\n")
        let day = LocalDate(of: instant)
        #expect(
            Self.written { $0.date("DTSTART", day) }
                == "DTSTART;VALUE=DATE:\(local.prefix(8))\r\n")
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
