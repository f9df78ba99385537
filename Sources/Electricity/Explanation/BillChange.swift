/// Why a bill differs from the one before it, in VND; the components add up to the change exactly.
///
/// Both uses are priced with the tariff in force at the end of the earlier period. Between these
/// two amounts lie the days, the kWh and the tiers; what they differ by from the real amounts is
/// the price. Rounding of the first two falls to the tier shift.
package struct BillChange: Hashable, Sendable {
    /// The period is longer or shorter, at the same use a day.
    package let days: Int64
    /// More or less is used a day, at the earlier average price of a kWh.
    package let consumption: Int64
    /// The use has moved between tiers or registers, or the quotas have changed with days and
    /// households.
    package let tierShift: Int64
    /// Prices have changed.
    package let price: Int64
    /// The tax, by its rate and by the amount it is on.
    package let vat: Int64
    /// What the issued bills differ by from the recomputed ones; 0 when they match.
    package let unexplained: Int64

    /// The change: the later total less the earlier one.
    package var total: Int64 {
        // In 128 bits, since an issued amount may be anything.
        let sum =
            Int128(days) + Int128(consumption) + Int128(tierShift) + Int128(price) + Int128(vat)
            + Int128(unexplained)
        return Int64(clamping: sum)
    }
}

/// Why two bills cannot be compared.
package enum BillChangeFault: Error, Hashable, Sendable {
    /// The earlier one cannot be computed.
    case before(CalculationFaults)
    /// The later one cannot be computed.
    case now(CalculationFaults)
    /// Purpose or voltage are not the same.
    case otherPricing
}

extension BillCalculator {
    /// Splits the change from an earlier use to a later one into its causes.
    package func change(
        from before: CalculationInput, to now: CalculationInput, today: LocalDate
    ) throws(BillChangeFault) -> BillChange {
        guard before.category == now.category, before.voltage == now.voltage else {
            throw .otherPricing
        }
        func run(
            _ input: CalculationInput, _ fault: (CalculationFaults) -> BillChangeFault
        ) throws(BillChangeFault) -> Calculation {
            do { return try calculate(input, today: today) } catch { throw fault(error) }
        }
        let reference = before.choice == .inForce ? .ofDay(before.to) : before.choice
        let earlier = try run(before, BillChangeFault.before)
        let later = try run(now, BillChangeFault.now)
        let base = try run(before.priced(reference), BillChangeFault.before)
        let moved = try run(now.priced(reference), BillChangeFault.now)

        let baseAmount = base.amountExcludingVAT
        let difference = moved.amountExcludingVAT - baseAmount
        let days = BillChange.days(before, now, baseAmount)
        let consumption = BillChange.consumption(before, now, baseAmount) ?? difference - days
        return BillChange(
            days: days, consumption: consumption, tierShift: difference - days - consumption,
            price: later.amountExcludingVAT - earlier.amountExcludingVAT - difference,
            vat: later.vat - earlier.vat, unexplained: 0)
    }

    /// Splits the change between two issued bills; what does not match is `unexplained`.
    package func change(
        from before: BillExplanation, to now: BillExplanation
    ) throws(BillChangeFault) -> BillChange {
        let today = max(before.input.to, now.input.to)
        let change = try change(from: before.input, to: now.input, today: today)
        return BillChange(
            days: change.days, consumption: change.consumption, tierShift: change.tierShift,
            price: change.price, vat: change.vat,
            unexplained: now.differenceVND.saturatingDifference(before.differenceVND))
    }
}

extension BillChange {
    /// What the earlier use a day costs over the days that were added or taken away.
    fileprivate static func days(
        _ before: CalculationInput, _ now: CalculationInput, _ amount: Int64
    ) -> Int64 {
        Rounding.halfUp.quotient(amount * Int64(now.dayCount), by: Int64(before.dayCount)) - amount
    }

    /// What the kWh beyond the earlier use a day cost at the earlier average price; nil when
    /// nothing was used earlier, so that there is no such price.
    fileprivate static func consumption(
        _ before: CalculationInput, _ now: CalculationInput, _ amount: Int64
    ) -> Int64? {
        let earlierKWh = before.energy.whole.kWh
        guard earlierKWh > 0 else { return nil }
        // 10⁹ kWh over 62 days at 10¹⁴ VND: beyond 64 bits before it is divided.
        let scale = Int128(before.dayCount) * Int128(earlierKWh)
        let more =
            Int128(now.energy.whole.kWh) * Int128(before.dayCount)
            - Int128(earlierKWh) * Int128(now.dayCount)
        let size = Rounding.halfUp.quotient(more.magnitude * UInt128(amount), by: UInt128(scale))
        return more < 0 ? -Int64(clamping: size) : Int64(clamping: size)
    }
}

extension CalculationInput {
    /// The same use with the prices of one tariff.
    fileprivate func priced(_ choice: TariffChoice) -> CalculationInput {
        var copy = self
        copy.choice = choice
        copy.energy = .period(energy.whole)
        return copy
    }
}

extension MeteredEnergy {
    /// What was used in the whole period.
    var whole: Consumption {
        switch self {
        case .period(let consumption): consumption
        case .parts(let list):
            Consumption(
                isByRegister: isByRegister,
                standardKWh: list.reduce(0) { $0.saturatingSum($1.standardKWh) },
                peakKWh: list.reduce(0) { $0.saturatingSum($1.peakKWh) },
                offPeakKWh: list.reduce(0) { $0.saturatingSum($1.offPeakKWh) })
        }
    }
}
