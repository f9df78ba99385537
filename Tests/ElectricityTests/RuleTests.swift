import Testing

@testable import Electricity

@Suite("Rules")
struct RuleTests {
    @Test("each rule has a name of its own, a text and a citation in both languages")
    func catalogue() {
        let rules = BillingRule.allCases
        #expect(Set(rules.map(\.code)).count == rules.count)
        for rule in rules {
            #expect(rule.code.allSatisfy { $0.isLowercase || $0 == "_" })
            for text in [rule.text.vi, rule.text.en] { #expect(text.hasSuffix("."), "\(rule)") }
            #expect(!rule.citation.vi.isEmpty && !rule.citation.en.isEmpty)
        }
        // A bit of 32 for each.
        #expect(rules.count <= 32)
    }

    @Test("the uncertain rules are these")
    func uncertain() {
        let names = BillingRule.allCases.filter(\.confidence.needsWarning)
        #expect(
            names == [
                .fractionalQuotas, .severalPriceChanges, .timeOfUseSplit, .vatOfReadingDate,
                .powerFactorRounding, .reactiveRounding,
            ])
        #expect(BillingRules.uncertain.list == names)
    }

    @Test("confidence stands in order, from no source to several")
    func confidence() {
        #expect(Confidence.allCases == Confidence.allCases.sorted())
        #expect(Confidence.allCases.filter(\.needsWarning) == [.low, .lowToMedium, .medium])
    }

    @Test("a set of rules holds what was put in, in the order of the catalogue")
    func sets() {
        var rules = BillingRules([])
        #expect(rules.list.isEmpty)
        rules.use(.reactiveRounding)
        rules.use(.lineAmounts)
        #expect(rules.list == [.lineAmounts, .reactiveRounding])
        #expect(!rules.contains(.households))
    }

    @Test("the answer tells of a change of VAT inside the period, and only then")
    func vatChange() throws {
        let calculator = try PublishedTariffs.calculator()
        let changed = try calculator.calculate(home(200, "2022-01-16", "2022-02-15"))
        #expect(changed.vatRate.basisPoints == 800)
        #expect(
            changed.warnings == [
                .vatChanged(on: try PublishedTariffs.day("2022-02-01")),
                .uncertainRule(.vatOfReadingDate),
            ])
        for (from, to) in [("2023-12-16", "2024-01-15"), ("2022-02-01", "2022-02-28")] {
            let same = try calculator.calculate(home(200, from, to))
            #expect(same.warnings.isEmpty)
            #expect(!same.basis.rules.contains(.vatOfReadingDate))
        }
        let early = try #require(LocalDate("2003-12-01"))
        #expect(calculator.book.vatChange(from: early, to: early) == nil)
        let first = try #require(LocalDate("2004-01-31"))
        #expect(calculator.book.vatChange(from: early, to: first) == nil)
    }

    @Test("what is beyond the last check, and a rate that may be prolonged, are warned of")
    func beyondCheck() throws {
        let result = try PublishedTariffs.calculator().calculate(
            home(100, "2027-01-01", "2027-01-31"))
        let checked = try PublishedTariffs.day("2026-06-30")
        let last = try PublishedTariffs.calculator().calculate(
            home(100, "2026-06-01", "2026-06-30"))
        #expect(last.warnings.isEmpty)
        #expect(
            result.warnings == [
                .uncertainVAT(.medium), .beyondCheckedTariff(checkedThrough: checked),
            ])
    }

    @Test("with three prices in a period the last part takes the rest")
    func threePrices() throws {
        var rows = try PublishedTariffs.rows()
        let last = rows.tariffs.removeLast()
        func tariff(_ decision: String, _ from: String, _ to: String?) throws -> Tariff {
            Tariff(
                decision: decision, validFrom: try PublishedTariffs.day(from),
                validTo: try to.map(PublishedTariffs.day), method: last.method,
                residential: last.residential)
        }
        rows.tariffs += [
            try tariff("a", "2025-05-10", "2026-03-09"),
            try tariff("b", "2026-03-10", "2026-03-12"), try tariff("c", "2026-03-13", nil),
        ]
        let calculator = BillCalculator(try TariffBook(rows))
        let result = try calculator.calculate(home(22, "2026-03-01", "2026-03-31"))
        // 6.39, 2.13 and 13.48: the last part is what is left, not rounded by itself.
        #expect(result.parts.map(\.kWh) == [6, 2, 14])
        #expect(result.warnings == [.uncertainRule(.severalPriceChanges)])
    }

    @Test("each warning has a name and a sentence in both languages")
    func warnings() throws {
        let day = try PublishedTariffs.day("2026-06-30")
        let warnings: [CalculationWarning] = [
            .uncertainPrices(decision: "1/QĐ", .business, .low), .uncertainVAT(.medium),
            .uncertainRule(.fractionalQuotas), .beyondCheckedTariff(checkedThrough: day),
            .vatChanged(on: day), .otherTariff(decision: "1/QĐ"), .capacityUnknown(thresholdKW: 40),
            .uncertainCoefficients(document: "1/TT", .low),
        ]
        #expect(Set(warnings.map(\.code)).count == warnings.count)
        for warning in warnings {
            #expect(warning.text.vi.hasSuffix(".") && warning.text.en.hasSuffix("."))
        }
    }

    @Test(
        "fractions are rounded as the method says",
        arguments: [
            (Rounding.halfUp, [0, 0, 1, 1, 1]), (.down, [0, 0, 0, 0, 1]), (.up, [0, 1, 1, 1, 1]),
        ])
    func rounding(rounding: Rounding, expected: [Int]) {
        #expect((0...4).map { rounding.quotient($0, by: 4) } == expected)
        #expect(Int64.max.isMultiple(of: rounding.quotient(Int64.max, by: 1)))
    }

    @Test("two answers are compared by what the second costs more")
    func comparison() throws {
        let calculator = try PublishedTariffs.calculator()
        let one = try calculator.calculate(home(450, "2026-03-01", "2026-03-31"))
        let three = try calculator.calculate(home(450, "2026-03-01", "2026-03-31", households: 3))
        let comparison = Comparison(base: one, other: three)
        #expect(comparison.differenceVND == 1_039_068 - one.total)
        #expect(comparison.differenceExcludingVAT == 962_100 - one.amountExcludingVAT)
        #expect(comparison.differenceVND < 0)
    }
}
