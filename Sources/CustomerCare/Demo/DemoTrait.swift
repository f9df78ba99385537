/// What is special about a demo customer.
enum DemoTrait: Int, CaseIterable, Sendable {
    case ordinary
    case owesOneMonth
    case owesThreeMonths
    case partlyPaid
    case paymentPending
    case inCredit
    case timeOfUse
    case singleRegister
    case twoPeriods
    case contractEnded
    case meterReplaced
    case corrected
    case cancelled
    case estimated
    case withoutPhone
    case honorific
    case surnameHo
    case oldIdentityCard
    case oldPhone
    case severalHouseholds
    case newCustomer
    case noConsumption
    case lowPowerFactor
    case goodPowerFactor
    case idle
    case risingUse
    case justConnected

    /// Customers at the beginning that are the same for every number of customers: one of each
    /// trait, then ordinary ones.
    static let showcaseCount = 30

    /// The trait of the customer of an index; beyond the showcase by chance.
    static func of(index: Int, _ random: inout DemoRandom) -> DemoTrait {
        if index < showcaseCount { return DemoTrait(rawValue: index) ?? .ordinary }
        var lot = random.number(in: 0...999)
        for (trait, perThousand) in frequencies {
            if lot < perThousand { return trait }
            lot -= perThousand
        }
        return .ordinary
    }

    /// How many of a thousand customers have the trait.
    private static let frequencies: [(DemoTrait, Int)] = [
        (.timeOfUse, 60), (.singleRegister, 25), (.twoPeriods, 3), (.contractEnded, 5),
        (.meterReplaced, 12), (.owesThreeMonths, 20), (.owesOneMonth, 40), (.partlyPaid, 15),
        (.paymentPending, 15), (.inCredit, 10), (.estimated, 10), (.withoutPhone, 50),
        (.honorific, 30), (.corrected, 5), (.cancelled, 3), (.severalHouseholds, 27),
        (.oldIdentityCard, 80), (.oldPhone, 20),
    ]

    /// Whether electricity is used outside a home.
    var isNonResidential: Bool {
        self == .timeOfUse || self == .singleRegister || self == .twoPeriods
            || kvarhPerHundredKWh != nil
    }

    /// Reactive energy of a customer whose meter counts it; nil of the others.
    var kvarhPerHundredKWh: Int64? {
        switch self {
        // cosφ is 1/√(1 + ratio²): about 0.82 and 0.95.
        case .lowPowerFactor: 70
        case .goodPowerFactor, .idle: 32
        default: nil
        }
    }

    /// The contracted maximum power in kW; nil when the billing system does not know it.
    var contractedCapacityKW: Int64? {
        switch self {
        case .lowPowerFactor, .goodPowerFactor, .idle: 100
        case .singleRegister: 20
        default: nil
        }
    }

    /// What a reader of the demo file should know; nil for ordinary ones.
    var note: String? {
        switch self {
        case .ordinary: nil
        case .owesOneMonth: "owes the newest bill"
        case .owesThreeMonths: "owes the three newest bills"
        case .partlyPaid: "owes the newest bill and half of the one before"
        case .paymentPending: "the payment of the newest bill is not reconciled yet"
        case .inCredit: "has paid more than was billed"
        case .timeOfUse: "non-residential with standard, peak and off-peak registers"
        case .singleRegister: "non-residential with one register"
        case .twoPeriods: "two billing periods a month: verified, but not eligible"
        case .contractEnded: "the supply contract has ended"
        case .meterReplaced: "two meters in the month before the newest bill"
        case .corrected: "the bill before the newest has a second, corrected revision"
        case .cancelled: "the third newest bill is cancelled"
        case .estimated: "the reading before the newest is estimated"
        case .withoutPhone: "no phone number is known"
        case .honorific: "the name is stored with Hộ in front of it"
        case .surnameHo: "the surname is Hồ, not the honorific Hộ"
        case .oldIdentityCard: "a CMND of nine digits"
        case .oldPhone: "the phone number is stored with the eleven digits of before 2018"
        case .severalHouseholds: "three households share the contract"
        case .newCustomer: "billed for the last months only"
        case .noConsumption: "nothing was used in the month before the newest bill"
        case .lowPowerFactor: "pays for reactive power: cosφ about 0.82"
        case .goodPowerFactor: "pays nothing for reactive power: cosφ about 0.95"
        case .idle: "pays for reactive power, but nothing was used in the newest bill"
        case .risingUse: "the newest bill is half as much again as is usual"
        case .justConnected: "one bill only: too little history for a forecast"
        }
    }
}
