import Electricity

extension DemoBilling {
    /// The bills for reactive power of a customer, one beside each of its active-energy bills; none
    /// when its meter does not count reactive energy.
    func reactiveEntries(
        of customer: DemoCustomer, _ entries: [DemoAccountEntry]
    ) throws(DemoError) -> [DemoAccountEntry] {
        guard let ratio = customer.trait.kvarhPerHundredKWh else { return [] }
        var reading: Int64 = 0
        var reactive: [DemoAccountEntry] = []
        for (index, entry) in entries.enumerated() {
            let kvarh = entry.newest.consumptionKWh * ratio / 100
            let bill = try reactiveBill(of: customer, entry.newest, kvarh, opening: reading)
            reading += kvarh
            var own = DemoAccountEntry(bill)
            // The newest one is still open.
            own.paid = index == entries.count - 1 ? 0 : own.billed
            reactive.append(own)
        }
        return reactive
    }

    private func reactiveBill(
        of customer: DemoCustomer, _ active: DemoBill, _ kvarh: Int64, opening: Int64
    ) throws(DemoError) -> DemoBill {
        // One period a month leaves the numbers of the second to these invoices.
        let period = DemoPeriod(
            month: active.month, number: 2, start: active.periodStart, end: active.periodEnd)
        var input = DemoBilling.input(customer, period, active.readings)
        input.reactive = ReactiveUse(
            .kvarh(kvarh), capacityKW: customer.trait.contractedCapacityKW)
        let calculation: Calculation
        do {
            calculation = try calculator.calculate(input, today: active.periodEnd)
        } catch {
            throw .calculation(error)
        }
        let charge = calculation.reactive
        var bill = DemoBill(
            month: active.month, periodNumber: active.periodNumber,
            invoiceId: DemoBilling.invoiceId(customer, period, revision: 1),
            periodStart: active.periodStart, periodEnd: active.periodEnd, readings: [],
            lines: active.lines, vatBasisPoints: calculation.vatRate.basisPoints,
            vat: charge?.vat ?? 0, issuedOn: active.issuedOn, dueOn: active.dueOn)
        bill.reactive = DemoReactiveUse(
            meterSerialNumber: active.readings.first?.meterSerialNumber ?? "",
            openingReading: opening, kvarh: kvarh,
            powerFactorTenThousandths: (charge?.powerFactor?.tenThousandths).map(Int64.init),
            coefficientBasisPoints: charge?.coefficientBasisPoints ?? 0,
            baseAmount: charge?.baseAmount ?? 0,
            amountExcludingVAT: charge?.amountExcludingVAT ?? 0)
        return bill
    }
}
