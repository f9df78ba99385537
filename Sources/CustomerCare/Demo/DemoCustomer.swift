import Electricity

/// A made-up customer.
struct DemoCustomer: Sendable {
    let index: Int
    let code: CustomerCode
    let unitCode: String
    let trait: DemoTrait
    let name: String
    let phone: String?
    let nationalId: String?
    let address: String
    let householdCount: Int
    /// The day of the month on which the meter is read, 1...28.
    let readingDay: Int
    /// Usual consumption of a month in kWh.
    let usualKWh: Int
    /// VND paid beyond what was billed.
    let credit: Int64

    var usagePurpose: UsagePurpose { trait.isNonResidential ? .nonResidential : .residential }
    var periodsPerMonth: Int { trait == .twoPeriods ? 2 : 1 }
    var contractStatus: ContractStatus { trait == .contractEnded ? .ended : .active }
}

/// Makes up customers, each from the seed and its index alone.
struct DemoPopulation: Sendable {
    let words: DemoWords
    let seed: Int

    /// The customer of an index from 0.
    func customer(_ index: Int) throws(DemoError) -> DemoCustomer {
        var random = DemoRandom(seed, 1, index)
        let trait = DemoTrait.of(index: index, &random)
        let unit = words.units[index % words.units.count]
        // Codes are given in the order of application, and some were given up since.
        let sequence = 1_234 + index / words.units.count * 37
        let digits = String(sequence)
        let text = unit.code + String(repeating: "0", count: max(0, 7 - digits.utf8.count)) + digits
        guard let code = CustomerCode(exact: text) else { throw .asset("demo/units.txt") }
        let isFemale = random.happens(percent: 45)
        let name = name(trait, isFemale: isFemale, &random)
        return DemoCustomer(
            index: index, code: code, unitCode: unit.code, trait: trait, name: name,
            phone: phone(trait, &random),
            nationalId: nationalId(trait, unit, isFemale: isFemale, &random),
            address: address(unit, &random),
            householdCount: householdCount(trait),
            readingDay: random.number(in: 1...28),
            usualKWh: usualKWh(trait, &random),
            credit: trait == .inCredit ? Int64(random.number(in: 50...300)) * 1_000 : 0)
    }

    private func name(_ trait: DemoTrait, isFemale: Bool, _ random: inout DemoRandom) -> String {
        if trait.isNonResidential {
            return words.word(.companies, &random) + " " + words.word(.companyNames, &random)
        }
        let surname = trait == .surnameHo ? "Hồ" : words.word(.surnames, &random)
        let middle = words.word(isFemale ? .femaleMiddleNames : .maleMiddleNames, &random)
        let given = words.word(isFemale ? .femaleNames : .maleNames, &random)
        let name = "\(surname) \(middle) \(given)"
        return trait == .honorific ? "Hộ \(name)" : name
    }

    private func phone(_ trait: DemoTrait, _ random: inout DemoRandom) -> String? {
        switch trait {
        case .withoutPhone: nil
        case .oldPhone: "016" + String(random.number(in: 2...9)) + random.digits(7)
        default: words.word(.mobileCodes, &random) + random.digits(7)
        }
    }

    private func nationalId(
        _ trait: DemoTrait, _ unit: DemoUnit, isFemale: Bool, _ random: inout DemoRandom
    ) -> String? {
        if trait.isNonResidential { return nil }
        if trait == .oldIdentityCard { return "3" + random.digits(8) }
        // Province, sex and century, year of birth, number (Circular 07/2016/TT-BCA).
        let year = random.number(in: 50...99)
        return "\(unit.identityDigits)\(isFemale ? 1 : 0)\(year)\(random.digits(6))"
    }

    private func address(_ unit: DemoUnit, _ random: inout DemoRandom) -> String {
        var house = String(random.number(in: 1...450))
        if random.happens(percent: 25) { house += "/\(random.number(in: 1...40))" }
        if random.happens(percent: 10) { house += random.pick(["A", "B", "C"]) }
        let street = words.word(.streets, &random)
        var parts = ["\(house) \(street)", random.pick(unit.wards), unit.city]
        if unit.city != unit.province { parts.append(unit.province) }
        return parts.joined(separator: ", ")
    }

    private func householdCount(_ trait: DemoTrait) -> Int {
        if trait.isNonResidential { return 0 }
        return trait == .severalHouseholds ? 3 : 1
    }

    private func usualKWh(_ trait: DemoTrait, _ random: inout DemoRandom) -> Int {
        switch trait {
        case .timeOfUse: random.number(in: 2_000...12_000)
        case .twoPeriods: random.number(in: 30_000...90_000)
        case .singleRegister: random.number(in: 250...1_800)
        case .lowPowerFactor, .goodPowerFactor, .idle: random.number(in: 6_000...20_000)
        case .severalHouseholds: random.number(in: 300...700)
        // Two draws, so that middling households are more frequent than the extremes.
        default: random.number(in: 30...220) + random.number(in: 10...200)
        }
    }
}
