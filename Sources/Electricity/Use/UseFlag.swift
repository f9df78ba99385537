/// What is conspicuous about the use of a month (bất thường).
package enum UseFlag: Hashable, Sendable {
    /// More than 30 % above what it is compared with, per day.
    case rise(over: Comparison, use: DailyUse, compared: DailyUse, percent: Int64)
    /// Nothing was used; beside what is usual, where that is known.
    case zeroUse(usual: DailyUse?)

    /// What a month is compared with.
    package enum Comparison: String, Sendable {
        /// Up to three months before, together.
        case monthsBefore
        case sameMonthLastYear
    }

    /// Per cent of what it is compared with beyond which a use is conspicuous.
    private static let conspicuousPercent = 130
    /// Months before that count together.
    private static let monthsBefore = 3

    /// The flags of a month beside what was used before, in any order.
    package static func flags(of month: MonthlyUse, history: [MonthlyUse]) -> [UseFlag] {
        let before = (1...monthsBefore).compactMap { age in
            history.first { $0.month == month.month.advanced(byMonths: -age) }?.use
        }
        let usual = DailyUse(of: before)
        if month.use.kWh == 0 { return [.zeroUse(usual: usual)] }
        let lastYear = history.first { $0.month == month.month.advanced(byMonths: -12) }?.use
        return [(Comparison.monthsBefore, usual), (.sameMonthLastYear, lastYear)].compactMap {
            comparison, compared in
            // Beside nothing there is no share to tell.
            guard let compared, let percent = month.use.changePercent(from: compared),
                month.use.exceeds(percent: conspicuousPercent, of: compared)
            else { return nil }
            return .rise(over: comparison, use: month.use, compared: compared, percent: percent)
        }
    }
}
