/// A bill recomputed from its readings, line by line, beside what was billed.
///
/// Differences are billed minus recomputed: positive when too much was billed.
package struct BillExplanation: Hashable, Sendable {
    /// One line of the recomputed bill, of the issued one, or of both.
    package struct LineCheck: Hashable, Sendable {
        /// The part of the calculation it belongs to; nil when only the bill has it.
        package let partIndex: Int?
        /// As it should be; nil when only the bill has it.
        package let computed: Calculation.Line?
        /// As it was billed; nil when the bill does not have it.
        package let billed: IssuedBill.Line?

        /// In VND, before VAT.
        package var differenceVND: Int64 {
            (billed?.amount ?? 0).saturatingDifference(computed?.amount ?? 0)
        }

        /// Whether quantity, price and amount are the same.
        package var agrees: Bool {
            guard let computed, let billed else { return false }
            return computed.quantityKWh == billed.quantityKWh
                && computed.unitPrice == billed.unitPrice && computed.amount == billed.amount
        }
    }

    /// The bill as issued.
    package let bill: IssuedBill
    /// What was computed from it.
    package let input: CalculationInput
    /// As the bill should be.
    package let calculation: Calculation
    /// What each reading comes to.
    package let readings: [ReadingCheck]
    /// The lines, recomputed ones first.
    package let lines: [LineCheck]

    /// The kWh billed beyond what the readings come to.
    package var differenceKWh: Int64 {
        bill.consumptionKWh.saturatingDifference(calculation.parts.reduce(0) { $0 + $1.kWh })
    }

    /// In VND, before VAT.
    package var differenceExcludingVAT: Int64 {
        bill.amountExcludingVAT.saturatingDifference(calculation.amountExcludingVAT)
    }

    /// In VND, of the tax alone.
    package var vatDifference: Int64 { bill.vat.saturatingDifference(calculation.vat) }

    /// In VND, with VAT.
    package var differenceVND: Int64 { bill.total.saturatingDifference(calculation.total) }

    /// Whether the bill is what the law says, to the đồng and in every line.
    package var isMatch: Bool {
        differenceVND == 0 && differenceExcludingVAT == 0 && vatDifference == 0
            && differenceKWh == 0 && lines.allSatisfy(\.agrees) && readings.allSatisfy(\.agrees)
    }
}

extension BillCalculator {
    /// Recomputes a bill with the prices of its days.
    ///
    /// At a change of price the kWh are split by days; when only the kWh billed at each price
    /// make a right bill, the meter was read on that day and they are taken. Faults name the
    /// fields of a calculation, so a period too long or before the first tariff says why the bill
    /// cannot be explained.
    package func explain(
        _ bill: IssuedBill, _ pricing: Pricing
    ) throws(CalculationFaults) -> BillExplanation {
        let consumption = Consumption(bill)
        var input = CalculationInput(
            from: bill.periodStart, to: bill.periodEnd, energy: .period(consumption),
            households: pricing.households, category: pricing.category, voltage: pricing.voltage)
        let split = try explain(bill, input)
        let versions = CalculationCheck(input, in: book, today: input.to).versions
        guard !split.isMatch, versions.count > 1 else { return split }
        input.energy = .parts(versions.map { consumption.part(bill.lines, pricedBy: $0.prices) })
        guard input.energy.whole == consumption,
            // Lines that cannot be the parts leave the split, which is explained already.
            let read = try? explain(bill, input), read.isMatch
        else { return split }
        return read
    }

    private func explain(
        _ bill: IssuedBill, _ input: CalculationInput
    ) throws(CalculationFaults) -> BillExplanation {
        // An issued bill is not ahead of its time.
        let calculation = try calculate(input, today: input.to)
        return BillExplanation(
            bill: bill, input: input, calculation: calculation,
            readings: bill.readings.map(ReadingCheck.init),
            lines: BillExplanation.pair(calculation.parts, bill.lines))
    }
}

extension BillExplanation {
    /// Pairs lines of the same kind and price, then of the same kind, each in their order.
    fileprivate static func pair(
        _ parts: [Calculation.Part], _ billed: [IssuedBill.Line]
    ) -> [LineCheck] {
        let computed = parts.enumerated().flatMap { index, part in
            part.lines.map { (part: index, line: $0) }
        }
        var rest = billed
        func take(_ isWanted: (IssuedBill.Line) -> Bool) -> IssuedBill.Line? {
            rest.firstIndex(where: isWanted).map { rest.remove(at: $0) }
        }
        var pairs: [IssuedBill.Line?] = computed.map { one in
            take { $0.kind == one.line.kind && $0.unitPrice == one.line.unitPrice }
        }
        for index in pairs.indices where pairs[index] == nil {
            pairs[index] = take { $0.kind == computed[index].line.kind }
        }
        return zip(computed, pairs).map {
            LineCheck(partIndex: $0.part, computed: $0.line, billed: $1)
        } + rest.map { LineCheck(partIndex: nil, computed: nil, billed: $0) }
    }
}

extension Int64 {
    /// The difference, or the number nearest to it.
    func saturatingDifference(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (self < 0 ? .min : .max) : difference
    }

    /// The sum, or the number nearest to it.
    func saturatingSum(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (self < 0 ? .min : .max) : sum
    }
}
