import Testing

@testable import Electricity

@Suite("Faults of a calculation")
struct CalculationFaultTests {
    /// The faults of an input, asked on 15 July 2026.
    private func faults(_ input: CalculationInput) throws -> [String] {
        let calculator = try PublishedTariffs.calculator()
        let today = try PublishedTariffs.day("2026-07-15")
        let found = calculator.faults(of: input, today: today)
        if found.isEmpty {
            _ = try calculator.calculate(input, today: today)
        } else {
            let error = #expect(throws: CalculationFaults.self) {
                try calculator.calculate(input, today: today)
            }
            #expect(error?.faults == found)
        }
        return found.map { "\($0.field.rawValue) \($0.reason.rawValue)" }
    }

    @Test(
        "a period is refused with its reason",
        arguments: [
            ("2026-03-02", "2026-03-01", ["to before_from"]),
            ("2026-01-01", "2026-03-03", []),
            ("2026-01-01", "2026-03-04", ["to period_too_long"]),
            ("2015-03-16", "2015-04-15", []),
            ("2015-03-15", "2015-04-15", ["from before_first_tariff"]),
            ("0001-01-01", "0001-01-31", ["from before_first_tariff"]),
            ("2027-06-16", "2027-07-16", []),
            ("2027-06-17", "2027-07-17", ["to too_far_ahead"]),
            (
                "0001-01-01", "9999-12-31",
                ["to period_too_long", "from before_first_tariff", "to too_far_ahead"]
            ),
            ("9999-12-31", "0001-01-01", ["to before_from"]),
        ] as [(String, String, [String])])
    func periods(from: String, to: String, expected: [String]) throws {
        #expect(try faults(home(100, from, to)) == expected)
    }

    @Test(
        "kWh are whole, not negative and at most a billion",
        arguments: [
            (0, []), (1_000_000_000, []), (-1, ["kwh out_of_range"]),
            (1_000_000_001, ["kwh out_of_range"]), (1_000_000_000_000, ["kwh out_of_range"]),
            (.max, ["kwh out_of_range"]), (.min, ["kwh out_of_range"]),
        ] as [(Int64, [String])])
    func kWh(kWh: Int64, expected: [String]) throws {
        #expect(try faults(home(kWh, "2026-03-01", "2026-03-31")) == expected)
    }

    @Test(
        "there are 1 to 10,000 households",
        arguments: [
            (1, []), (10_000, []), (0, ["households out_of_range"]),
            (10_001, ["households out_of_range"]), (-1, ["households out_of_range"]),
            (.max, ["households out_of_range"]), (.min, ["households out_of_range"]),
        ] as [(Int64, [String])])
    func households(count: Int64, expected: [String]) throws {
        #expect(try faults(home(1, "2026-03-01", "2026-03-31", households: count)) == expected)
    }

    @Test("people are counted from one")
    func people() throws {
        var input = try home(1, "2026-03-01", "2026-03-31")
        for (people, isWrong) in [(Int64(0), true), (1, false), (40_000, false), (40_001, true)] {
            input.households = Households(people: people)
            #expect(try faults(input) == (isWrong ? ["households out_of_range"] : []))
        }
    }

    @Test("outside homes there is one household and a voltage")
    func voltage() throws {
        var input = try trade(.business, volts: nil, .total(1))
        #expect(try faults(input) == ["voltage missing"])
        input.voltage = VoltageLevel(volts: 0)
        #expect(try faults(input) == ["voltage out_of_range"])
        input.voltage = VoltageLevel(volts: .min)
        #expect(try faults(input) == ["voltage out_of_range"])
        input.voltage = VoltageLevel(volts: 1_000_000)
        #expect(try faults(input) == [])
        input.households = Households(count: 2)
        #expect(try faults(input) == ["households not_applicable"])
    }

    @Test("each register is named, and so is their sum")
    func registers() throws {
        func faults(_ standard: Int64, _ peak: Int64, _ offPeak: Int64) throws -> [String] {
            try self.faults(
                trade(
                    .production, volts: 380,
                    .registers(standard: standard, peak: peak, offPeak: offPeak)))
        }
        #expect(try faults(1, 2, 3) == [])
        #expect(
            try faults(-1, .max, .min) == [
                "registers/standard out_of_range", "registers/peak out_of_range",
                "registers/offPeak out_of_range",
            ])
        #expect(try faults(500_000_000, 500_000_000, 1) == ["registers out_of_range"])
        var input = try home(1, "2026-03-01", "2026-03-31")
        input.energy = .period(.registers(standard: 1, peak: 2, offPeak: 3))
        #expect(try self.faults(input) == ["registers not_applicable"])
    }

    @Test("a purpose without price in the tariff is refused, once")
    func noPrice() throws {
        let input = try trade(
            .touristAccommodation, volts: 380, .total(1), from: "2025-05-01", to: "2025-05-31")
        #expect(try faults(input) == ["purpose no_price"])
        // Decision 4495 is known without its price of prepaid meters.
        var prepaid = try home(1, "2018-01-01", "2018-01-31")
        prepaid.category = .residentialPrepaid
        #expect(try faults(prepaid) == ["purpose no_price"])
    }

    @Test("another tariff must exist")
    func otherTariff() throws {
        var input = try home(
            1, "2026-03-01", "2026-03-31", choice: .ofDecision("0/QĐ-BCT"))
        #expect(try faults(input) == ["tariff unknown_tariff"])
        input.choice = .ofDay(try PublishedTariffs.day("2015-03-15"))
        #expect(try faults(input) == ["tariff before_first_tariff"])
        input.choice = .ofDay(try PublishedTariffs.day("2019-03-20"))
        #expect(try faults(input) == [])
        input.choice = .ofDecision("2699/QĐ-BCT")
        #expect(try faults(input) == [])
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.amountExcludingVAT == 1893)
        #expect(result.warnings == [.otherTariff(decision: "2699/QĐ-BCT")])
    }

    @Test("a figure for each price version must match the versions")
    func parts() throws {
        var input = try home(0, "2025-05-01", "2025-05-31")
        input.energy = .parts([.total(5), .total(7)])
        #expect(try faults(input) == [])
        for list in [[], [.total(5)], [.total(1), .total(2), .total(3)]] as [[Consumption]] {
            input.energy = .parts(list)
            #expect(try faults(input) == ["kwh parts_do_not_match"])
        }
        input.energy = .parts([.total(1_000_000_000), .total(1)])
        #expect(try faults(input) == ["kwh out_of_range"])
        input.energy = .parts([.total(1), .registers(standard: 1, peak: 1, offPeak: 1)])
        input.category = .business
        input.voltage = VoltageLevel(volts: 380)
        #expect(try faults(input) == ["kwh parts_do_not_match"])
    }

    @Test("reactive figures are within bounds")
    func reactive() throws {
        func faults(_ source: ReactiveUse.Source, _ capacity: Int64?) throws -> [String] {
            try self.faults(
                trade(
                    .business, volts: 380, .total(1),
                    reactive: ReactiveUse(source, capacityKW: capacity)))
        }
        #expect(try faults(.kvarh(0), nil) == [])
        #expect(
            try faults(.kvarh(-1), -1) == [
                "reactive/kvarh out_of_range", "reactive/capacityKW out_of_range",
            ])
        #expect(
            try faults(.powerFactorThousandths(1_001), 0) == ["reactive/powerFactor out_of_range"])
        #expect(try faults(.powerFactorThousandths(.min), .max).count == 2)
    }

    @Test("every fault is named at once")
    func together() throws {
        let input = CalculationInput(
            from: try PublishedTariffs.day("2026-03-31"),
            to: try PublishedTariffs.day("2026-03-01"),
            energy: .period(.total(-1)), households: Households(count: 0), category: .business,
            reactive: ReactiveUse(.kvarh(-1)), choice: .ofDecision(""))
        #expect(
            try faults(input) == [
                "to before_from", "kwh out_of_range", "households out_of_range", "voltage missing",
                "reactive/kvarh out_of_range", "tariff unknown_tariff",
            ])
    }

    @Test("each reason has a sentence in both languages")
    func texts() {
        for reason in CalculationFault.Reason.allCases {
            #expect(reason.text.vi.hasSuffix("."))
            #expect(reason.text.en.hasSuffix("."))
        }
        #expect(CalculationFault.Field.allCases.count == 14)
    }
}
