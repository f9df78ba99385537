/// What was billed of one month (sản lượng tháng), all its billing periods together.
package struct MonthlyUse: Hashable, Sendable {
    /// The month of the bills.
    package let month: BillingMonth
    /// The first day that was billed.
    package let firstDay: LocalDate
    /// The last day that was billed.
    package let lastDay: LocalDate
    /// Energy and days of the periods.
    package let use: DailyUse
    /// Whether a reading behind it was not taken but estimated.
    package let isEstimated: Bool

    /// The use of a period; nil when it has no days or its kWh cannot be.
    package init?(
        month: BillingMonth, firstDay: LocalDate, lastDay: LocalDate, kWh: Int64, isEstimated: Bool
    ) {
        guard let use = DailyUse(kWh: kWh, dayCount: firstDay.dayCount(through: lastDay)) else {
            return nil
        }
        self.init(month, firstDay, lastDay, use, isEstimated)
    }

    private init(
        _ month: BillingMonth, _ firstDay: LocalDate, _ lastDay: LocalDate, _ use: DailyUse,
        _ isEstimated: Bool
    ) {
        self.month = month
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.use = use
        self.isEstimated = isEstimated
    }

    /// Joins the periods of each month, which come in order.
    package static func months(_ periods: [MonthlyUse]) -> [MonthlyUse] {
        var months: [MonthlyUse] = []
        for period in periods {
            guard let last = months.last, last.month == period.month,
                let sum = DailyUse(of: [last.use, period.use])
            else {
                months.append(period)
                continue
            }
            months[months.count - 1] = MonthlyUse(
                period.month, min(last.firstDay, period.firstDay),
                max(last.lastDay, period.lastDay), sum, last.isEstimated || period.isEstimated)
        }
        return months
    }
}
