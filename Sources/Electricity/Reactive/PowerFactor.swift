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
    package func hundredths(_ rounding: Rounding) -> Int { parts(of: 100, rounding) }

    /// In ten-thousandths, to be shown.
    package var tenThousandths: Int { parts(of: 10_000, .halfUp) }

    /// Whether it has no more than two decimals, so that no rounding decides.
    var isWholeHundredths: Bool { parts(of: 100, .down) == parts(of: 100, .up) }

    private func parts(of unit: Int, _ rounding: Rounding) -> Int {
        // Doubled, so that the half of `halfUp` is whole.
        let target = Int128(active) * Int128(2 * unit)
        func isAtMost(_ doubledParts: Int) -> Bool {
            Int128(doubledParts) * Int128(doubledParts) * apparentSquared <= target * target
        }
        var low = 0
        var high = unit
        while low < high {
            let middle = (low + high + 1) / 2
            if isAtMost(2 * middle) { low = middle } else { high = middle - 1 }
        }
        switch rounding {
        case .down: return low
        case .halfUp: return low < unit && isAtMost(2 * low + 1) ? low + 1 : low
        case .up:
            let isWhole =
                Int128(2 * low) * Int128(2 * low) * apparentSquared == target * target
            return isWhole ? low : low + 1
        }
    }
}
