/// A point in time, told in Vietnam's zone (Asia/Ho_Chi_Minh, UTC+7 without summer time).
///
/// It lies in the years 1...9999 of that zone: arithmetic stops there instead of overflowing.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 1 January 1970, 00:00 UTC.
    package let microsecondsSince1970: Int64

    /// The instant so many microseconds after 1970; the nearest one of the years 1...9999.
    package init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = min(max(microsecondsSince1970, Instant.first), Instant.last)
    }

    /// The instant so many seconds after 1970.
    package init(secondsSince1970: Int64) {
        self.init(microsecondsSince1970: Instant.microseconds(secondsSince1970))
    }

    /// Whole seconds since 1970, rounded towards earlier times.
    package var secondsSince1970: Int64 {
        LocalDate.floor(microsecondsSince1970, by: Instant.microsecondsPerSecond)
    }

    /// The instant so many seconds later, or earlier when negative.
    package func advanced(bySeconds seconds: Int64) -> Instant {
        Instant(microsecondsSince1970: microsecondsSince1970 + Instant.microseconds(seconds))
    }

    /// So many seconds in microseconds, at most the time between the first and the last instant.
    private static func microseconds(_ seconds: Int64) -> Int64 {
        let most = (last - first) / microsecondsPerSecond
        return min(max(seconds, -most), most) * microsecondsPerSecond
    }

    /// RFC 3339 with the zone's offset and whole seconds: `2026-04-01T08:30:00+07:00`.
    package var description: String { Digits.text { append(to: &$0) } }

    /// Appends the same in ASCII.
    package func append(to bytes: inout [UInt8]) {
        let date = LocalDate(of: self)
        let dayStart = Int64(date.daysSince1970) * 86_400
        let second = Int(secondsSince1970 + Instant.zoneOffsetSeconds - dayStart)
        date.append(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        Digits.append(second / 3_600, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Digits.append(second / 60 % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Digits.append(second % 60, width: 2, to: &bytes)
        bytes.append(contentsOf: "+07:00".utf8)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    static let zoneOffsetSeconds: Int64 = 7 * 3_600
    static let microsecondsPerSecond: Int64 = 1_000_000
    static let microsecondsPerDay: Int64 = 86_400 * microsecondsPerSecond
    static let zoneOffsetMicroseconds = zoneOffsetSeconds * microsecondsPerSecond

    private static let first =
        Int64(LocalDate.firstDay) * microsecondsPerDay
        - zoneOffsetMicroseconds
    private static let last =
        Int64(LocalDate.lastDay + 1) * microsecondsPerDay
        - zoneOffsetMicroseconds - 1
}
