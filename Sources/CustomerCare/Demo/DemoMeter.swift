import Electricity

/// The meter of a demo customer, turning from period to period.
struct DemoMeter {
    private var serialNumber: String
    private let multiplier: Int64
    private var positions: [(register: Register, reading: Int64)]

    init(_ customer: DemoCustomer, _ random: inout DemoRandom) {
        serialNumber = random.digits(8)
        switch customer.trait {
        case .timeOfUse: multiplier = random.pick([1, 20, 40])
        case .twoPeriods: multiplier = 200
        default: multiplier = 1
        }
        let registers: [Register] =
            customer.trait == .timeOfUse || customer.trait == .twoPeriods
            ? [.standard, .peak, .offPeak] : [.total]
        positions = registers.map { ($0, Int64(random.number(in: 200...18_000))) }
    }

    /// The readings of a period in which about so many kWh are used.
    mutating func readings(of kWh: Int, isEstimated: Bool = false) -> [DemoReading] {
        let units = Int64(kWh) / multiplier
        return positions.indices.map { index in
            let opening = positions[index].reading
            positions[index].reading += share(of: units, at: index)
            return DemoReading(
                meterSerialNumber: serialNumber, register: positions[index].register,
                openingReading: opening, closingReading: positions[index].reading,
                multiplier: multiplier, isEstimated: isEstimated)
        }
    }

    /// Puts a new meter in the place of the old one; it begins at zero.
    mutating func replace(_ random: inout DemoRandom) {
        serialNumber = random.digits(8)
        for index in positions.indices { positions[index].reading = 0 }
    }

    /// One register takes all; of three, peak hours have a fifth and the night a quarter.
    private func share(of units: Int64, at index: Int) -> Int64 {
        if positions.count == 1 { return units }
        let peak = units / 5
        let offPeak = units / 4
        return switch positions[index].register {
        case .peak: peak
        case .offPeak: offPeak
        case .total, .standard: units - peak - offPeak
        }
    }
}
