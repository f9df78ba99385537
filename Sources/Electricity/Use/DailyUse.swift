/// Energy over days (sản lượng bình quân ngày), kept as a fraction so that comparing and scaling
/// round once at most.
package struct DailyUse: Hashable, Sendable {
    /// In kWh.
    package let kWh: Int64
    /// Days, first and last counted.
    package let dayCount: Int

    /// So many kWh in so many days; nil when that says nothing, such as no days at all.
    package init?(kWh: Int64, dayCount: Int) {
        guard DailyUse.energyBounds.contains(kWh), DailyUse.dayBounds.contains(dayCount) else {
            return nil
        }
        self.kWh = kWh
        self.dayCount = dayCount
    }

    /// What several periods come to, each day weighing the same; nil of none.
    package init?(of uses: [DailyUse]) {
        // The bounds are so far below those of the types that a sum of a few hundred fits.
        self.init(
            kWh: uses.reduce(0) { $0 + $1.kWh }, dayCount: uses.reduce(0) { $0 + $1.dayCount })
    }

    /// kWh a day in hundredths, rounded half up.
    package var hundredths: Int64 { Rounding.halfUp.quotient(kWh * 100, by: Int64(dayCount)) }

    /// What so many days come to at this rate, rounded half up to whole kWh.
    package func kWh(inDays days: Int) -> Int64 {
        Rounding.halfUp.quotient(kWh * Int64(days), by: Int64(dayCount))
    }

    /// How much more this is than another, in per cent rounded half away from zero; negative when
    /// it is less, nil beside a use of nothing.
    package func changePercent(from other: DailyUse) -> Int64? {
        guard other.kWh > 0 else { return nil }
        let before = Int128(other.kWh) * Int128(dayCount)
        let now = Int128(kWh) * Int128(other.dayCount)
        let percent = Rounding.halfUp.quotient((now - before).magnitude * 100, by: before.magnitude)
        return now < before ? -Int64(percent) : Int64(percent)
    }

    /// Whether this is more than so many per cent of another.
    package func exceeds(percent: Int, of other: DailyUse) -> Bool {
        Int128(kWh) * Int128(other.dayCount) * 100
            > Int128(other.kWh) * Int128(dayCount) * Int128(percent)
    }

    /// kWh; a thousand times what a calculation takes, for sums of months.
    private static let energyBounds: ClosedRange<Int64> =
        0...CalculationBounds.kWh.upperBound * 1_000
    /// A century, as a bound.
    private static let dayBounds = 1...100 * 366
}

extension DailyUse: Comparable {
    package static func < (left: DailyUse, right: DailyUse) -> Bool {
        Int128(left.kWh) * Int128(right.dayCount) < Int128(right.kWh) * Int128(left.dayCount)
    }

    package static func == (left: DailyUse, right: DailyUse) -> Bool {
        !(left < right) && !(right < left)
    }

    package func hash(into hasher: inout Hasher) {
        // Equal rates have equal hundredths, whatever their days.
        hasher.combine(hundredths)
    }
}
