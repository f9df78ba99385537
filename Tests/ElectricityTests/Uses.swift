@testable import Electricity

/// A home's use in a period.
func home(
    _ kWh: Int64, _ from: String, _ to: String, households: Int64 = 1,
    choice: TariffChoice = .inForce
) throws -> CalculationInput {
    CalculationInput(
        from: try PublishedTariffs.day(from), to: try PublishedTariffs.day(to),
        energy: .period(.total(kWh)), households: Households(count: households), choice: choice)
}

/// A use outside homes in March 2026.
func trade(
    _ category: PricingCategory, volts: Int64?, _ consumption: Consumption,
    reactive: ReactiveUse? = nil, from: String = "2026-03-01", to: String = "2026-03-31"
) throws -> CalculationInput {
    CalculationInput(
        from: try PublishedTariffs.day(from), to: try PublishedTariffs.day(to),
        energy: .period(consumption), category: category,
        voltage: volts.map { VoltageLevel(volts: $0) }, reactive: reactive)
}

extension BillCalculator {
    /// Calculates as if on the last day of the period.
    func calculate(_ input: CalculationInput) throws(CalculationFaults) -> Calculation {
        try calculate(input, today: input.to)
    }
}

/// A generator with a known seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
