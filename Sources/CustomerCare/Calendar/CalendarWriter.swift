import Electricity

/// Writes an iCalendar object (RFC 5545): lines end with CRLF, are folded at 75 octets, and never
/// within a character.
struct CalendarWriter {
    private(set) var bytes: [UInt8] = []

    /// Octets of a line without its end (section 3.1).
    private static let longestLine = 75

    /// A content line whose value is taken as it is.
    mutating func line(_ name: String, _ value: String) {
        var room = CalendarWriter.longestLine
        for scalar in "\(name):\(value)".unicodeScalars {
            let encoded = String(scalar).utf8
            if encoded.count > room {
                bytes.append(contentsOf: "\r\n ".utf8)
                // The blank counts.
                room = CalendarWriter.longestLine - 1
            }
            bytes.append(contentsOf: encoded)
            room -= encoded.count
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// A line of text for people (section 3.3.11).
    mutating func text(_ name: String, _ value: String) {
        line(name, CalendarWriter.escaped(value))
    }

    /// An instant in Vietnam's time, as the component VTIMEZONE explains it.
    mutating func local(_ name: String, _ instant: Instant) {
        let date = LocalDate(of: instant)
        let seconds = instant.secondsSince1970 - date.start.secondsSince1970
        line(
            "\(name);TZID=\(CalendarWriter.zone)",
            "\(CalendarWriter.day(date))T\(CalendarWriter.time(seconds))")
    }

    /// An instant in UTC.
    mutating func utc(_ name: String, _ instant: Instant) {
        // Midnight in UTC is seven in the morning in Vietnam.
        let shifted = instant.advanced(bySeconds: -CalendarWriter.offsetSeconds)
        let date = LocalDate(of: shifted)
        let seconds = shifted.secondsSince1970 - date.start.secondsSince1970
        line(name, "\(CalendarWriter.day(date))T\(CalendarWriter.time(seconds))Z")
    }

    /// A whole day.
    mutating func date(_ name: String, _ date: LocalDate) {
        line("\(name);VALUE=DATE", CalendarWriter.day(date))
    }

    /// A component with its lines.
    mutating func component(_ name: String, _ body: (inout CalendarWriter) -> Void) {
        line("BEGIN", name)
        body(&self)
        line("END", name)
    }

    /// The zone of all local times: UTC+7 throughout the years that bills and outages are of.
    mutating func timeZone() {
        component("VTIMEZONE") { calendar in
            calendar.line("TZID", CalendarWriter.zone)
            calendar.component("STANDARD") { calendar in
                calendar.line("DTSTART", "19750613T000000")
                calendar.line("TZOFFSETFROM", "+0700")
                calendar.line("TZOFFSETTO", "+0700")
                calendar.line("TZNAME", "+07")
            }
        }
    }

    private static let zone = "Asia/Ho_Chi_Minh"
    private static let offsetSeconds: Int64 = 7 * 3_600

    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",":
                escaped.append("\\")
                escaped.append(scalar)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            // Control characters have no place in a text.
            case "\u{0}"..."\u{1F}", "\u{7F}": continue
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// `20261125`.
    private static func day(_ date: LocalDate) -> String {
        date.description.filter { $0 != "-" }
    }

    /// `073000`.
    private static func time(_ secondsOfDay: Int64) -> String {
        [secondsOfDay / 3_600, secondsOfDay / 60 % 60, secondsOfDay % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }
}
