/// What a customer will probably use in the running period (dự báo sản lượng).
///
/// The rate of the last three months, raised or lowered as the same month last year was beside the
/// three months before it, gives the middle. Low and high lie as far from it as the quartiles of
/// the last twelve months lie from their median.
package struct UseForecast: Hashable, Sendable {
    /// In kWh; low ≤ middle ≤ high.
    package let low: Int64
    /// In kWh.
    package let middle: Int64
    /// In kWh.
    package let high: Int64
    /// Months whose use it rests on.
    package let monthCount: Int
    /// Whether the same month last year is among them.
    package let isSeasonal: Bool

    /// Months without which nothing can be said.
    package static let fewestMonths = 3
    /// Months from which the spread is taken.
    private static let spreadMonths = 12
    /// How much of its usual self a season makes of a month, in thousandths.
    private static let seasonBounds: ClosedRange<Int64> = 500...2 * 1_000
    /// How far from the median the spread may lie, in thousandths.
    private static let spreadBounds: ClosedRange<Int64> = 0...10_000

    /// The use of a period of so many days for a month; nil when too little is known.
    ///
    /// `history` is what was used before, oldest first.
    package init?(of month: BillingMonth, days: Int, history: [MonthlyUse]) {
        let recent = history.suffix(UseForecast.fewestMonths).map(\.use)
        guard recent.count == UseForecast.fewestMonths, let rate = DailyUse(of: recent) else {
            return nil
        }
        let season = UseForecast.season(of: month, history)
        let rates = history.suffix(UseForecast.spreadMonths).map(\.use).sorted()
        let median = rates[rates.count / 2]
        let least = UseForecast.thousandths(
            of: rates[rates.count / 4], in: median, UseForecast.spreadBounds)
        let most = UseForecast.thousandths(
            of: rates[rates.count * 3 / 4], in: median, UseForecast.spreadBounds)
        // In thousandths of a kWh, so that one rounding remains.
        let energy = Rounding.halfUp.quotient(
            Int128(rate.kWh) * Int128(days) * Int128(season ?? 1_000), by: Int128(rate.dayCount))
        middle = UseForecast.kWh(energy * 1_000)
        low = min(middle, UseForecast.kWh(energy * Int128(least ?? 1_000)))
        high = max(middle, UseForecast.kWh(energy * Int128(most ?? 1_000)))
        monthCount = history.count
        isSeasonal = season != nil
    }

    /// How the same month last year was beside the three before it; nil when that is not known.
    private static func season(of month: BillingMonth, _ history: [MonthlyUse]) -> Int64? {
        let last = month.advanced(byMonths: -12)
        let before = (1...fewestMonths).compactMap { age in
            history.first { $0.month == last.advanced(byMonths: -age) }?.use
        }
        guard let then = history.first(where: { $0.month == last })?.use,
            before.count == fewestMonths, let usual = DailyUse(of: before)
        else { return nil }
        return thousandths(of: then, in: usual, seasonBounds)
    }

    /// A rate in thousandths of another; nil beside a rate of nothing.
    private static func thousandths(
        of rate: DailyUse, in other: DailyUse, _ bounds: ClosedRange<Int64>
    ) -> Int64? {
        guard other.hundredths > 0 else { return nil }
        let share = Rounding.halfUp.quotient(
            Int128(rate.hundredths) * 1_000, by: Int128(other.hundredths))
        return min(max(Int64(clamping: share), bounds.lowerBound), bounds.upperBound)
    }

    private static func kWh(_ millionths: Int128) -> Int64 {
        Int64(clamping: Rounding.halfUp.quotient(millionths, by: 1_000_000))
    }
}
