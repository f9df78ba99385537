/// What was used (sản lượng, điện năng tiêu thụ), in kWh: one figure, or one per time-of-use
/// register.
package struct Consumption: Hashable, Sendable {
    /// Whether the meter counts by time of use.
    package let isByRegister: Bool
    /// In standard hours; everything when the meter does not count by time of use.
    package let standardKWh: Int64
    /// In peak hours.
    package let peakKWh: Int64
    /// In off-peak hours.
    package let offPeakKWh: Int64

    /// One figure for all hours.
    package static func total(_ kWh: Int64) -> Consumption {
        Consumption(isByRegister: false, standardKWh: kWh, peakKWh: 0, offPeakKWh: 0)
    }

    /// One figure for each time-of-use register.
    package static func registers(
        standard: Int64, peak: Int64, offPeak: Int64
    ) -> Consumption {
        Consumption(
            isByRegister: true, standardKWh: standard, peakKWh: peak, offPeakKWh: offPeak)
    }

    /// All of it, as long as every figure is within `CalculationBounds.kWh`.
    package var kWh: Int64 { standardKWh &+ peakKWh &+ offPeakKWh }

    /// The kWh of one register; nothing for one that the meter does not have.
    func kWh(of register: Register) -> Int64 {
        switch register {
        case .total: isByRegister ? 0 : standardKWh
        case .standard: isByRegister ? standardKWh : 0
        case .peak: peakKWh
        case .offPeak: offPeakKWh
        }
    }

    /// The share of so many of the period's days, and of at most the `rest` that is left.
    func share(days: Int, of periodDays: Int, _ rounding: Rounding, rest: Consumption)
        -> Consumption
    {
        func part(_ kWh: Int64, _ rest: Int64) -> Int64 {
            min(rest, rounding.quotient(kWh * Int64(days), by: Int64(periodDays)))
        }
        return Consumption(
            isByRegister: isByRegister, standardKWh: part(standardKWh, rest.standardKWh),
            peakKWh: part(peakKWh, rest.peakKWh), offPeakKWh: part(offPeakKWh, rest.offPeakKWh))
    }

    func subtracting(_ other: Consumption) -> Consumption {
        Consumption(
            isByRegister: isByRegister, standardKWh: standardKWh - other.standardKWh,
            peakKWh: peakKWh - other.peakKWh, offPeakKWh: offPeakKWh - other.offPeakKWh)
    }
}

/// What the meter said of a period.
package enum MeteredEnergy: Hashable, Sendable {
    /// Only read at its end.
    case period(Consumption)
    /// Also read on each day a new price began: one figure per price version, oldest first.
    case parts([Consumption])
}
