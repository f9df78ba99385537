/// A day of the calendar in Vietnam, without a time of day.
///
/// It lies in the years 1...9999, as in RFC 3339: arithmetic stops there instead of overflowing.
package struct LocalDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1 January 1970.
    package let daysSince1970: Int

    /// The day that many days after 1 January 1970; the nearest one of the years 1...9999.
    package init(daysSince1970: Int) {
        self.daysSince1970 = min(max(daysSince1970, LocalDate.firstDay), LocalDate.lastDay)
    }

    /// The day of a year, month (1...12) and day of the month, or nil when there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), day >= 1,
            day <= LocalDate.days(inMonth: month, of: year)
        else { return nil }
        daysSince1970 = LocalDate.days(year: year, month: month, day: day)
    }

    /// Reads `YYYY-MM-DD` and nothing else.
    package init?(_ text: String) {
        let bytes = text.utf8.span
        let dash = UInt8(ascii: "-")
        guard bytes.count == 10, bytes[4] == dash, bytes[7] == dash,
            let year = LocalDate.number(bytes, 0..<4), let month = LocalDate.number(bytes, 5..<7),
            let day = LocalDate.number(bytes, 8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day on which an instant falls in Vietnam.
    package init(of instant: Instant) {
        let local = instant.microsecondsSince1970 + Instant.zoneOffsetMicroseconds
        daysSince1970 = Int(LocalDate.floor(local, by: Instant.microsecondsPerDay))
    }

    /// Year, month and day of the month.
    package var components: (year: Int, month: Int, day: Int) {
        // Years of 365.2425 days in eras of 400 years, counted from 1 March so that the leap day
        // is the last day of a year (H. Hinnant, "chrono-compatible low-level date algorithms").
        let shifted = daysSince1970 + 719_468
        let era = Int(LocalDate.floor(Int64(shifted), by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Midnight in Vietnam, with which the day begins: 17:00Z of the day before.
    package var start: Instant {
        let local = Int64(daysSince1970) * Instant.microsecondsPerDay
        return Instant(microsecondsSince1970: local - Instant.zoneOffsetMicroseconds)
    }

    /// The billing month in which the day lies.
    package var month: BillingMonth {
        let (year, month, _) = components
        return BillingMonth(clampedYear: year, month: month)
    }

    /// The day so many days later, or earlier when negative; stays within years 1...9999.
    package func advanced(byDays days: Int) -> LocalDate {
        let span = LocalDate.lastDay - LocalDate.firstDay
        return LocalDate(daysSince1970: daysSince1970 + min(max(days, -span), span))
    }

    /// How many days there are from this day to a later one, both counted; 0 or less when it is
    /// earlier.
    package func dayCount(through last: LocalDate) -> Int {
        last.daysSince1970 - daysSince1970 + 1
    }

    /// `YYYY-MM-DD`.
    package var description: String { Digits.text { append(to: &$0) } }

    /// Appends `YYYY-MM-DD` in ASCII.
    package func append(to bytes: inout [UInt8]) {
        let (year, month, day) = components
        Digits.append(year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Digits.append(month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Digits.append(day, width: 2, to: &bytes)
    }

    package static func < (left: LocalDate, right: LocalDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }

    /// How many days a month has.
    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days from 1 January 1970 to a day that exists.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// 1 January of the year 1.
    static let firstDay = -719_162
    /// 31 December 9999.
    static let lastDay = 2_932_896

    /// Division that rounds towards earlier times, also before 1970.
    static func floor(_ value: Int64, by divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// ASCII digits only, unlike `Int.init`, which takes signs.
    static func number(_ bytes: Span<UInt8>, _ digits: Range<Int>) -> Int? {
        var number = 0
        for index in digits {
            let digit = bytes[index]
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }
}

/// Decimal digits with leading zeros.
enum Digits {
    /// Appends a number that is not negative; more digits than `width` stand as they are.
    static func append(_ number: Int, width: Int, to bytes: inout [UInt8]) {
        var divisor = 1
        var places = 1
        while places < width || number / divisor >= 10 {
            divisor *= 10
            places += 1
        }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }

    /// A text of the ASCII bytes that `write` appends.
    static func text(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
