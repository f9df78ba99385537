/// Where a bill is rounded and by what its quotas are divided; dated with the tariff.
package struct BillingMethod: Hashable, Sendable {
    /// The days that give a full quota: T of the formula `Mq / T × N × h`.
    package let quotaDivisor: QuotaDivisor
    /// How the quota of a tier becomes whole kWh, once, after the number of households.
    package let quotaRounding: Rounding
    /// How the kWh before a change of price become whole; those after it are the rest.
    package let splitRounding: Rounding
    /// How VAT becomes whole VND.
    package let vatRounding: Rounding

    /// A method with its rounding points.
    package init(
        quotaDivisor: QuotaDivisor, quotaRounding: Rounding, splitRounding: Rounding,
        vatRounding: Rounding
    ) {
        self.quotaDivisor = quotaDivisor
        self.quotaRounding = quotaRounding
        self.splitRounding = splitRounding
        self.vatRounding = vatRounding
    }
}

/// What T, the divisor of a quota, is.
package enum QuotaDivisor: Hashable, Sendable {
    /// The days of the calendar month in which the period starts.
    case startMonth
    /// The days of the calendar month before the one in which the period ends.
    case monthBeforeEnd
    /// Always so many days.
    case fixed(days: Int)

    /// T for a period.
    func days(from: LocalDate, to: LocalDate) -> Int {
        switch self {
        case .startMonth: from.month.dayCount
        case .monthBeforeEnd: to.month.advanced(byMonths: -1).dayCount
        case .fixed(let days): days
        }
    }
}
