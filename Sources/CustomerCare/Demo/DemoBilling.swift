import Electricity

/// Makes up the bills of demo customers; what they cost, the engine computes.
///
/// What happens to a customer is counted back from the newest bill, so that the special cases are
/// there on whatever day the data is made.
struct DemoBilling: Sendable {
    let calculator: BillCalculator
    let calendar: DemoCalendar
    let seed: Int

    /// The bills of a customer, oldest first.
    func entries(of customer: DemoCustomer) throws(DemoError) -> [DemoAccountEntry] {
        let periods = calendar.billedPeriods(of: customer)
        var random = DemoRandom(seed, 2, customer.index)
        var meter = DemoMeter(customer, &random)
        var entries: [DemoAccountEntry] = []
        entries.reserveCapacity(periods.count)
        for (position, period) in periods.enumerated() {
            // The age of the newest bill is 0.
            let age = periods.count - 1 - position
            var entry = try entry(of: customer, period, age: age, &meter)
            settle(&entry, of: customer, age: age)
            entries.append(entry)
        }
        return entries
    }

    private func entry(
        of customer: DemoCustomer, _ period: DemoPeriod, age: Int, _ meter: inout DemoMeter
    ) throws(DemoError) -> DemoAccountEntry {
        var random = DemoRandom(seed, 3, customer.index, DemoBilling.ordinal(period))
        let kWh = consumption(of: customer, period, age: age, &random)
        let before = meter
        var readings: [DemoReading]
        if customer.trait == .meterReplaced, age == 1 {
            readings = meter.readings(of: kWh * 2 / 5)
            meter.replace(&random)
            readings += meter.readings(of: kWh - kWh * 2 / 5)
        } else {
            let isEstimated = customer.trait == .estimated && age == 1
            readings = meter.readings(of: kWh, isEstimated: isEstimated)
        }
        let bill = try bill(of: customer, period, readings)
        switch (customer.trait, age) {
        case (.corrected, 1):
            // The reader had taken a 3 for an 8.
            meter = before
            let corrected = meter.readings(of: max(0, kWh - 50))
            return DemoAccountEntry(
                bill,
                later: [
                    try self.bill(of: customer, period, corrected, revision: 2, .corrected)
                ])
        case (.cancelled, 2):
            return DemoAccountEntry(
                bill,
                later: [
                    try self.bill(of: customer, period, readings, revision: 2, .cancelled)
                ])
        default: return DemoAccountEntry(bill)
        }
    }

    private func bill(
        of customer: DemoCustomer, _ period: DemoPeriod, _ readings: [DemoReading],
        revision: Int = 1, _ status: BillStatus = .issued
    ) throws(DemoError) -> DemoBill {
        let calculation: Calculation
        do {
            calculation = try calculator.calculate(
                DemoBilling.input(customer, period, readings), today: period.end)
        } catch {
            throw .calculation(error)
        }
        // A later revision is issued three days later.
        let issuedOn = period.issuedOn.advanced(byDays: 3 * (revision - 1))
        return DemoBill(
            month: period.month, periodNumber: period.number, revision: revision, status: status,
            invoiceId: DemoBilling.invoiceId(customer, period, revision: revision),
            periodStart: period.start, periodEnd: period.end, readings: readings,
            lines: calculation.parts.flatMap(\.lines).map(DemoLine.init),
            vatBasisPoints: calculation.vatRate.basisPoints, vat: calculation.vat,
            issuedOn: issuedOn, dueOn: issuedOn.advanced(byDays: DemoBilling.paymentTermDays))
    }

    /// Days from the issue of a bill to the end of its payment.
    static let paymentTermDays = 5
    /// Per cent of the usual consumption in a bill that has risen: more than chance and seasons can
    /// take back.
    private static let risePercent = 190
    /// Three phases at low voltage, for customers outside homes.
    private static let volts: Int64 = 380

    static func input(
        _ customer: DemoCustomer, _ period: DemoPeriod, _ readings: [DemoReading]
    ) -> CalculationInput {
        func sum(_ registers: Register...) -> Int64 {
            readings.filter { registers.contains($0.register) }
                .reduce(0) { $0 + $1.consumptionKWh }
        }
        let isTimed = readings.contains { $0.register != .total }
        let consumption: Consumption =
            isTimed
            ? .registers(
                standard: sum(.total, .standard), peak: sum(.peak), offPeak: sum(.offPeak))
            : .total(sum(.total))
        var input = CalculationInput(
            from: period.start, to: period.end, energy: .period(consumption))
        if customer.trait.isNonResidential {
            input.category = customer.index.isMultiple(of: 2) ? .production : .business
            input.voltage = VoltageLevel(volts: volts)
        } else {
            input.households = Households(count: Int64(customer.householdCount))
        }
        return input
    }

    // MARK: Consumption

    /// Per cent of the usual consumption from January to December: the south is hottest in April.
    private static let seasons = [95, 100, 112, 120, 118, 108, 102, 100, 98, 96, 94, 93]

    private func consumption(
        of customer: DemoCustomer, _ period: DemoPeriod, age: Int, _ random: inout DemoRandom
    ) -> Int {
        if customer.trait == .noConsumption, age == 1 { return 0 }
        if customer.trait == .idle, age == 0 { return 0 }
        let season = DemoBilling.seasons[period.month.month - 1]
        let rise = customer.trait == .risingUse && age == 0 ? DemoBilling.risePercent : 100
        let chance = random.number(in: 88...112) * rise / 100
        return customer.usualKWh * season * chance / 10_000 / customer.periodsPerMonth
    }

    // MARK: Payment

    private func settle(_ entry: inout DemoAccountEntry, of customer: DemoCustomer, age: Int) {
        let billed = entry.billed
        switch customer.trait {
        case .owesOneMonth where age == 0: break
        case .owesThreeMonths where age < 3: break
        case .partlyPaid where age == 0: break
        case .partlyPaid where age == 1: entry.paid = billed / 2_000 * 1_000
        case .paymentPending where age == 0: entry.pending = billed
        default:
            var random = DemoRandom(seed, 4, customer.index, age)
            let isDue = entry.newest.dueOn < calendar.today
            // Most people pay when they are told to; a few of the newest bills are still open.
            let isOpen = age == 0 && !random.happens(percent: isDue ? 90 : 40)
            entry.paid = isOpen ? 0 : billed
        }
    }

    // MARK: Invoice ids

    private static func ordinal(_ period: DemoPeriod) -> Int {
        (period.month.year * 12 + period.month.month) * 2 + period.number
    }

    /// A number of 8 or 9 digits that no other bill of any demo customer has.
    ///
    /// Each customer has 192 numbers of its own: 48 months, two periods, two revisions. They are
    /// scattered by a multiplication without common factor with the modulus, so a permutation.
    static func invoiceId(_ customer: DemoCustomer, _ period: DemoPeriod, revision: Int) -> String {
        let month = (period.month.year * 12 + period.month.month) % 48
        let slot = (month * 2 + period.number - 1) * 2 + revision - 1
        let number = (customer.index * 192 + slot) % 980_000_000
        return String(10_000_000 + number * 611_953 % 980_000_000)
    }
}
