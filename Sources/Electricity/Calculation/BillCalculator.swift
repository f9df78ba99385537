/// Computes what electricity costs (tính tiền điện) from dated tariffs.
///
/// Pure and in whole numbers. An input out of bounds is refused with the field; within them no
/// product can overflow: 10⁹ kWh at 10⁵ VND and a rate of 10⁴ hundredths of a per cent are 10¹⁸.
package struct BillCalculator: Sendable {
    /// The tariffs it computes with.
    package let book: TariffBook

    /// A calculator over these tariffs.
    package init(_ book: TariffBook) {
        self.book = book
    }

    /// Every fault of an input; none when the list is empty.
    ///
    /// `today` only bounds how far ahead a period may lie.
    package func faults(of input: CalculationInput, today: LocalDate) -> [CalculationFault] {
        CalculationCheck(input, in: book, today: today).faults
    }

    /// The parts, lines, tax and total of a use, or every fault of the input.
    package func calculate(
        _ input: CalculationInput, today: LocalDate
    ) throws(CalculationFaults) -> Calculation {
        let check = CalculationCheck(input, in: book, today: today)
        guard check.faults.isEmpty, let rate = check.vatRate, let last = check.versions.last
        else { throw CalculationFaults(faults: check.faults) }
        var parts: [Calculation.Part] = []
        parts.reserveCapacity(check.versions.count)
        var amount: Int64 = 0
        var split = PriceChangeSplit(
            input.energy, periodDays: input.dayCount, versionCount: check.versions.count)
        for version in check.versions {
            let part = part(version, split.next(version), input)
            for line in part.lines { amount += line.amount }
            parts.append(part)
        }
        // The bill is rounded by the method in force when it ends.
        let vat = rate.vat(on: amount, last.method.vatRounding)
        let reactive = input.reactive.map {
            ReactiveCharge(
                $0, activeKWh: parts.reduce(0) { $0 + $1.kWh }, baseAmount: amount,
                category: input.category, table: book.reactiveTable(on: input.to), vatRate: rate,
                vatRounding: last.method.vatRounding)
        }
        let notes = CalculationNotes(input, check.versions, rate, reactive, book: book)
        return Calculation(
            parts: parts, amountExcludingVAT: amount, vatRate: rate, vat: vat,
            total: amount + vat, reactive: reactive, rules: notes.rules, warnings: notes.warnings)
    }

    /// The lines of one price version.
    private func part(
        _ version: PriceVersion, _ consumption: Consumption, _ input: CalculationInput
    ) -> Calculation.Part {
        let divisor = version.method.quotaDivisor.days(from: input.from, to: input.to)
        var lines: [Calculation.Line] = []
        var voltageClass: String?
        switch version.prices {
        case .tiers(let tiers):
            let quotas = TierQuotas(tiers, version, divisor, input.households)
            lines = quotas.lines(for: consumption.kWh)
        case .flat(let kind, let unitPrice):
            let kWh = consumption.kWh
            if kWh > 0 { lines = [Calculation.Line(kind, nil, kWh, unitPrice)] }
        case .registers(let prices):
            voltageClass = prices.name
            for register in Register.allCases {
                let kWh = consumption.kWh(of: register)
                guard kWh > 0 else { continue }
                let unitPrice = prices.prices.unitPrice(of: register)
                lines.append(Calculation.Line(.register(register), nil, kWh, unitPrice))
            }
        }
        return Calculation.Part(
            from: version.from, to: version.to, dayCount: version.dayCount,
            quotaDivisorDays: divisor, decision: version.decision, voltageClass: voltageClass,
            kWh: consumption.kWh, lines: lines)
    }
}

extension Calculation.Line {
    init(
        _ kind: Calculation.LineKind, _ quotaKWh: Int64?, _ quantityKWh: Int64, _ unitPrice: Int64
    ) {
        self.init(
            kind: kind, quotaKWh: quotaKWh, quantityKWh: quantityKWh, unitPrice: unitPrice,
            amount: quantityKWh * unitPrice)
    }
}
