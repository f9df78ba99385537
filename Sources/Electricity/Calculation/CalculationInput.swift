/// What a calculation needs to know.
package struct CalculationInput: Hashable, Sendable {
    /// The first day of the period.
    package var from: LocalDate
    /// The last day of the period: that of the closing reading.
    package var to: LocalDate
    /// What was used.
    package var energy: MeteredEnergy
    /// How many households share the meter; one outside homes.
    package var households: Households
    /// What the electricity is used for.
    package var category: PricingCategory
    /// The voltage level, needed outside homes.
    package var voltage: VoltageLevel?
    /// What is known of reactive energy, when that is asked for.
    package var reactive: ReactiveUse?
    /// Whose prices.
    package var choice: TariffChoice

    /// A home of one household under the tariffs in force, unless said otherwise.
    package init(
        from: LocalDate, to: LocalDate, energy: MeteredEnergy,
        households: Households = Households(count: 1), category: PricingCategory = .residential,
        voltage: VoltageLevel? = nil, reactive: ReactiveUse? = nil, choice: TariffChoice = .inForce
    ) {
        self.from = from
        self.to = to
        self.energy = energy
        self.households = households
        self.category = category
        self.voltage = voltage
        self.reactive = reactive
        self.choice = choice
    }

    /// The days of the period, first and last counted.
    package var dayCount: Int { from.dayCount(through: to) }
}

/// Whose prices a calculation uses.
package enum TariffChoice: Hashable, Sendable {
    /// Those in force on each day of the period.
    case inForce
    /// Those in force on one day, for the whole period.
    case ofDay(LocalDate)
    /// Those of one decision, in force or only a draft, for the whole period.
    case ofDecision(String)
}

/// The bounds of what can be asked.
package enum CalculationBounds {
    /// kWh of a period, all registers together.
    package static let kWh: ClosedRange<Int64> = 0...1_000_000_000
    /// Whole households behind one meter.
    package static let households: ClosedRange<Int64> = 1...10_000
    /// kvarh of a period.
    package static let kvarh: ClosedRange<Int64> = 0...1_000_000_000
    /// cosφ in thousandths.
    package static let powerFactorThousandths: ClosedRange<Int64> = 0...1_000
    /// kW.
    package static let capacityKW: ClosedRange<Int64> = 0...1_000_000
    /// Volts; the highest grid of the country has half a million.
    package static let volts: ClosedRange<Int64> = 1...1_000_000
    /// Days of a period: two months.
    package static let dayCount = 62
    /// Days from today to the last day of a period: a year, with its leap day.
    package static let daysAhead = 366
}
