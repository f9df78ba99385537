/// The quotas (định mức) of the tiers for some days and households.
///
/// `Mt = Mq / T × N × h`, rounded half up to whole kWh once, after the number of households
/// (EVNCPC, "Tính tiền trong tháng đổi giá", under Circular 16/2014/TT-BCT).
struct TierQuotas {
    private let tiers: [Tier]
    private let dayCount: Int
    private let divisorDays: Int
    private let households: Households
    private let rounding: Rounding

    init(_ tiers: [Tier], _ version: PriceVersion, _ divisorDays: Int, _ households: Households) {
        self.tiers = tiers
        dayCount = version.dayCount
        self.divisorDays = divisorDays
        self.households = households
        rounding = version.method.quotaRounding
    }

    /// The quota of a tier in kWh; nil for the open one.
    private func quota(of tier: Tier) -> Int64? {
        guard let width = tier.widthKWh else { return nil }
        return rounding.quotient(
            width * Int64(dayCount) * households.quarters, by: Int64(divisorDays) * 4)
    }

    /// The charge lines of a use, cheapest tier first.
    func lines(for kWh: Int64) -> [Calculation.Line] {
        var lines: [Calculation.Line] = []
        lines.reserveCapacity(tiers.count)
        var rest = kWh
        for (index, tier) in tiers.enumerated() {
            guard rest > 0 else { break }
            let quota = quota(of: tier)
            let quantity = min(rest, quota ?? rest)
            // A quota of 0 kWh comes of a day's share of a quarter of a household.
            if quantity > 0 {
                lines.append(Calculation.Line(.tier(index + 1), quota, quantity, tier.unitPrice))
            }
            rest -= quantity
        }
        return lines
    }

    /// Where the next kWh will fall after a use of so many.
    func headroom(after kWh: Int64) -> TierHeadroom {
        var rest = kWh
        for (index, tier) in tiers.enumerated() {
            guard let quota = quota(of: tier) else { break }
            if rest < quota {
                return TierHeadroom(
                    tier: index + 1, unitPrice: tier.unitPrice, remainingKWh: quota - rest,
                    nextUnitPrice: tiers[index + 1].unitPrice)
            }
            rest -= quota
        }
        return TierHeadroom(
            tier: tiers.count, unitPrice: tiers[tiers.count - 1].unitPrice, remainingKWh: nil,
            nextUnitPrice: nil)
    }
}
