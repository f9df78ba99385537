/// The month for which a bill is issued (tháng hóa đơn).
package struct BillingMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The year, 1...9999.
    package let year: Int
    /// The month of the year, 1...12.
    package let month: Int

    /// A month of a year, or nil when there is no such month.
    package init?(year: Int, month: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month) else { return nil }
        self.year = year
        self.month = month
    }

    /// Reads `YYYY-MM` and nothing else.
    package init?(_ text: String) {
        let bytes = text.utf8.span
        guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"),
            let year = LocalDate.number(bytes, 0..<4), let month = LocalDate.number(bytes, 5..<7)
        else { return nil }
        self.init(year: year, month: month)
    }

    /// For parts that come from a valid day.
    init(clampedYear year: Int, month: Int) {
        self.year = min(max(year, 1), 9_999)
        self.month = min(max(month, 1), 12)
    }

    /// The first day of the month.
    package var firstDay: LocalDate {
        LocalDate(daysSince1970: LocalDate.days(year: year, month: month, day: 1))
    }

    /// How many days the month has.
    package var dayCount: Int { LocalDate.days(inMonth: month, of: year) }

    /// The month so many months later, or earlier when negative; stays within years 1...9999.
    package func advanced(byMonths months: Int) -> BillingMonth {
        let span = 9_999 * 12
        let index = year * 12 + (month - 1) + min(max(months, -span), span)
        let bounded = min(max(index, 12), 9_999 * 12 + 11)
        return BillingMonth(clampedYear: bounded / 12, month: bounded % 12 + 1)
    }

    /// `YYYY-MM`.
    package var description: String { Digits.text { append(to: &$0) } }

    /// Appends `YYYY-MM` in ASCII.
    package func append(to bytes: inout [UInt8]) {
        Digits.append(year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Digits.append(month, width: 2, to: &bytes)
    }

    package static func < (left: BillingMonth, right: BillingMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }
}
