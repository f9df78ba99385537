/// How much of a tier is left before kWh cost more (phần định mức còn lại của bậc).
///
/// "23 kWh left in tier 3, then 2,998 đồng": the tier is the one the next kWh falls in.
package struct TierHeadroom: Hashable, Sendable {
    /// The tier of the next kWh, counted from 1.
    package let tier: Int
    /// VND per kWh before VAT in that tier.
    package let unitPrice: Int64
    /// What is left of it, in kWh; nil in the open tier.
    package let remainingKWh: Int64?
    /// VND per kWh before VAT in the tier after it; nil in the open tier.
    package let nextUnitPrice: Int64?
}

extension BillCalculator {
    /// What is left of the tier reached in the period so far; nil for customers without tiers.
    ///
    /// The quotas are those of the whole period from `from` to `to`, its expected end; with a
    /// price change inside they are those of the newest price version.
    package func headroom(
        of input: CalculationInput, today: LocalDate
    ) throws(CalculationFaults) -> TierHeadroom? {
        let check = CalculationCheck(input, in: book, today: today)
        guard check.faults.isEmpty, let last = check.versions.last else {
            throw CalculationFaults(faults: check.faults)
        }
        guard case .tiers(let tiers) = last.prices else { return nil }
        var split = PriceChangeSplit(
            input.energy, periodDays: input.dayCount, versionCount: check.versions.count)
        var kWh: Int64 = 0
        for version in check.versions { kWh = split.next(version).kWh }
        let divisor = last.method.quotaDivisor.days(from: input.from, to: input.to)
        return TierQuotas(tiers, last, divisor, input.households).headroom(after: kWh)
    }
}
