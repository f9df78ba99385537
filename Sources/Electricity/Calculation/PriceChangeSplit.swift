/// Gives each price version of a period its kWh (kỳ đổi giá).
///
/// A household's meter is not read on the day of the change: the kWh of a part are
/// `S / N × days`, rounded, and the last part takes the rest (EVNCPC, "Tính tiền trong tháng đổi
/// giá", under Circular 16/2014/TT-BCT). A meter that was read has a figure for each part.
struct PriceChangeSplit {
    private let energy: MeteredEnergy
    private let periodDays: Int
    private let versionCount: Int
    private var rest: Consumption
    private var index = 0

    init(_ energy: MeteredEnergy, periodDays: Int, versionCount: Int) {
        self.energy = energy
        self.periodDays = periodDays
        self.versionCount = versionCount
        if case .period(let consumption) = energy { rest = consumption } else { rest = .total(0) }
    }

    /// What was used in the next version; ask once for each, in their order.
    mutating func next(_ version: PriceVersion) -> Consumption {
        defer { index += 1 }
        switch energy {
        case .parts(let list): return list[index]
        case .period(let whole):
            if index == versionCount - 1 { return rest }
            let share = whole.share(
                days: version.dayCount, of: periodDays, version.method.splitRounding, rest: rest)
            rest = rest.subtracting(share)
            return share
        }
    }
}
