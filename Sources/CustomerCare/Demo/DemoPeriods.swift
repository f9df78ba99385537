import Electricity

/// One billing period of a demo customer.
struct DemoPeriod: Sendable {
    let month: BillingMonth
    let number: Int
    let start: LocalDate
    /// The day of the reading.
    let end: LocalDate

    /// The bill follows the reading by a day.
    var issuedOn: LocalDate { end.advanced(byDays: 1) }
}

/// The calendar of a demo customer, seen from a day.
struct DemoCalendar: Sendable {
    let today: LocalDate
    /// How many months back bills go, the present month counted.
    let monthCount: Int

    /// The periods that are billed by today, oldest first.
    func billedPeriods(of customer: DemoCustomer) -> [DemoPeriod] {
        let newest = today.month
        let first = newest.advanced(byMonths: 1 - firstAge(customer))
        let last = newest.advanced(byMonths: customer.trait == .contractEnded ? -endedMonths : 0)
        var periods: [DemoPeriod] = []
        var month = first
        while month <= last {
            periods += self.periods(in: month, of: customer).filter { $0.issuedOn <= today }
            month = month.advanced(byMonths: 1)
        }
        return periods
    }

    /// The day of the next reading, today at the earliest; nil when the contract has ended.
    func nextReading(of customer: DemoCustomer) -> LocalDate? {
        if customer.contractStatus == .ended { return nil }
        let months = [today.month, today.month.advanced(byMonths: 1)]
        return months.flatMap { periods(in: $0, of: customer) }.map(\.end).first { $0 >= today }
    }

    private let endedMonths = 6

    private func firstAge(_ customer: DemoCustomer) -> Int {
        switch customer.trait {
        case .newCustomer: min(3, monthCount)
        // The running month, or the one before while its meter is not read yet.
        case .justConnected: isBilled(today.month, of: customer) ? 1 : min(2, monthCount)
        default: monthCount
        }
    }

    private func isBilled(_ month: BillingMonth, of customer: DemoCustomer) -> Bool {
        periods(in: month, of: customer).contains { $0.issuedOn <= today }
    }

    /// The periods of a month: from the day behind a reading to the next one, or two halves.
    private func periods(in month: BillingMonth, of customer: DemoCustomer) -> [DemoPeriod] {
        let first = month.firstDay
        if customer.periodsPerMonth == 2 {
            let middle = first.advanced(byDays: 14)
            let last = first.advanced(byDays: month.dayCount - 1)
            return [
                DemoPeriod(month: month, number: 1, start: first, end: middle),
                DemoPeriod(
                    month: month, number: 2, start: middle.advanced(byDays: 1), end: last),
            ]
        }
        let previous = month.advanced(byMonths: -1).firstDay
        return [
            DemoPeriod(
                month: month, number: 1, start: previous.advanced(byDays: customer.readingDay),
                end: first.advanced(byDays: customer.readingDay - 1))
        ]
    }
}
