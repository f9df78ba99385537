/// A power factor (hệ số công suất, cosφ), kept exactly.
///
/// It is `active / √apparentSquared`; rounding it twice would move it over an edge of the table.
package struct PowerFactor: Hashable, Sendable {
    private let active: Int64
    private let apparentSquared: Int128

    /// cosφ over a reading cycle, `Ap / √(Ap² + Aq²)` from kWh and kvarh (EVN's answers to
    /// customers, "Tính hệ số công suất Cosφ"); nil when nothing was metered.
    package init?(activeKWh: Int64, reactiveKvarh: Int64) {
        guard CalculationBounds.kWh.contains(activeKWh),
            CalculationBounds.kvarh.contains(reactiveKvarh), activeKWh > 0 || reactiveKvarh > 0
        else { return nil }
        active = activeKWh
        apparentSquared =
            Int128(activeKWh) * Int128(activeKWh) + Int128(reactiveKvarh) * Int128(reactiveKvarh)
    }

    /// A cosφ in thousandths, 0...1000, or nil.
    package init?(thousandths: Int64) {
        guard CalculationBounds.powerFactorThousandths.contains(thousandths) else { return nil }
        active = thousandths
        apparentSquared = 1_000_000
    }

    /// In hundredths, rounded as the table asks for.
    package func hundredths(_ rounding: Rounding) -> Int {
        let (parts, isExact) = floor(100)
        switch rounding {
        case .down: return parts
        case .up: return isExact ? parts : parts + 1
        case .halfUp: return isAtLeast(doubledParts: 2 * parts + 1, of: 100) ? parts + 1 : parts
        }
    }

    /// In ten-thousandths, rounded to the nearest, to be shown.
    package var tenThousandths: Int {
        let parts = floor(10_000).parts
        return isAtLeast(doubledParts: 2 * parts + 1, of: 10_000) ? parts + 1 : parts
    }

    /// Whether it has no more than two decimals, so that no rounding decides.
    var isWholeHundredths: Bool { floor(100).isExact }

    /// The whole parts of a unit it holds, and whether it holds nothing beyond them.
    private func floor(_ unit: Int) -> (parts: Int, isExact: Bool) {
        var low = 0
        var high = unit
        while low < high {
            let middle = (low + high + 1) / 2
            if isAtLeast(doubledParts: 2 * middle, of: unit) {
                low = middle
            } else {
                high = middle - 1
            }
        }
        let target = Int128(active) * Int128(unit)
        return (low, Int128(low) * Int128(low) * apparentSquared == target * target)
    }

    /// Whether it is so many halves of a part or more; both sides squared, so that all is whole.
    private func isAtLeast(doubledParts: Int, of unit: Int) -> Bool {
        let target = Int128(active) * Int128(2 * unit)
        return Int128(doubledParts) * Int128(doubledParts) * apparentSquared <= target * target
    }
}
