import Testing

@testable import Electricity

/// A worked example with what it must come to.
struct WorkedExample: Sendable, CustomStringConvertible {
    let id: String
    let kWh: Int64
    let from: String
    let to: String
    var households = Households(count: 1)
    var category = PricingCategory.residential
    let lines: [[Int64]]
    let amount: Int64
    let vat: Int64

    var description: String { id }

    func input() throws -> CalculationInput {
        CalculationInput(
            from: try PublishedTariffs.day(from), to: try PublishedTariffs.day(to),
            energy: .period(.total(kWh)), households: households, category: category,
            voltage: VoltageLevel(volts: 380))
    }
}

@Suite("Published examples")
struct PublishedExampleTests {
    /// Examples of official sources and of published programs that agree with the legal method.
    private static let agreeing = [
        WorkedExample(
            // pcangiang.evnspc.vn, an EVN SPC member, under 2256/QĐ-BCT.
            id: "P01", kWh: 410, from: "2015-06-16", to: "2015-07-15",
            lines: [
                [50, 1484, 74_200], [50, 1533, 76_650], [100, 1786, 178_600],
                [100, 2242, 224_200], [100, 2503, 250_300], [10, 2587, 25_870],
            ], amount: 829_820, vat: 82_982),
        WorkedExample(
            // EVNHANOI in kienthuc.net.vn: quotas 92, 92, 184, 184 over 57 days.
            id: "P02, D05", kWh: 600, from: "2024-01-04", to: "2024-02-29",
            lines: [
                [92, 1806, 166_152], [92, 1866, 171_672], [184, 2167, 398_728],
                [184, 2729, 502_136], [48, 3050, 146_400],
            ], amount: 1_385_088, vat: 110_807),
        WorkedExample(
            id: "P04", kWh: 150, from: "2026-03-01", to: "2026-03-31",
            lines: [[50, 1984, 99_200], [50, 2050, 102_500], [50, 2380, 119_000]],
            amount: 320_700, vat: 25_656),
        WorkedExample(
            id: "P06", kWh: 0, from: "2026-03-01", to: "2026-03-31", lines: [], amount: 0, vat: 0),
        WorkedExample(
            id: "P12", kWh: 120, from: "2026-03-01", to: "2026-03-31",
            households: Households(people: 4),
            lines: [[50, 1984, 99_200], [50, 2050, 102_500], [20, 2380, 47_600]],
            amount: 249_300, vat: 19_944),
        WorkedExample(
            id: "P16", kWh: 120, from: "2026-03-01", to: "2026-03-31",
            category: .undeclaredTenants, lines: [[120, 2380, 285_600]], amount: 285_600,
            vat: 22_848),
        WorkedExample(
            id: "P18", kWh: 1_000, from: "2026-03-01", to: "2026-03-31", category: .production,
            lines: [[1_000, 1987, 1_987_000]], amount: 1_987_000, vat: 158_960),
    ]

    /// Computed from the same method by an independent program.
    private static let derived = [
        WorkedExample(
            id: "D01", kWh: 450, from: "2026-03-01", to: "2026-03-31",
            households: Households(count: 3),
            lines: [[150, 1984, 297_600], [150, 2050, 307_500], [150, 2380, 357_000]],
            amount: 962_100, vat: 76_968),
        WorkedExample(
            id: "D04", kWh: 401, from: "2026-04-01", to: "2026-04-30",
            lines: [
                [50, 1984, 99_200], [50, 2050, 102_500], [100, 2380, 238_000],
                [100, 2998, 299_800], [100, 3350, 335_000], [1, 3460, 3_460],
            ], amount: 1_077_960, vat: 86_237),
        WorkedExample(
            id: "D06", kWh: 120, from: "2026-06-11", to: "2026-06-30",
            lines: [[33, 1984, 65_472], [33, 2050, 67_650], [54, 2380, 128_520]],
            amount: 261_642, vat: 20_931),
        WorkedExample(
            id: "D13", kWh: 200, from: "2022-01-01", to: "2022-01-31",
            lines: [[50, 1678, 83_900], [50, 1734, 86_700], [100, 2014, 201_400]],
            amount: 372_000, vat: 37_200),
        WorkedExample(
            id: "D15", kWh: 200, from: "2022-01-16", to: "2022-02-15",
            lines: [[50, 1678, 83_900], [50, 1734, 86_700], [100, 2014, 201_400]],
            amount: 372_000, vat: 29_760),
        WorkedExample(
            id: "D20", kWh: 150, from: "2026-02-05", to: "2026-03-04",
            lines: [[50, 1984, 99_200], [50, 2050, 102_500], [50, 2380, 119_000]],
            amount: 320_700, vat: 25_656),
        WorkedExample(
            id: "D30", kWh: 100, from: "2026-03-01", to: "2026-03-31",
            category: .residentialPrepaid, lines: [[100, 2909, 290_900]], amount: 290_900,
            vat: 23_272),
        WorkedExample(
            id: "D31", kWh: 500, from: "2026-03-01", to: "2026-03-31", category: .business,
            lines: [[500, 3152, 1_576_000]], amount: 1_576_000, vat: 126_080),
    ]

    @Test("a published or derived example comes out to the đồng", arguments: agreeing + derived)
    func agrees(example: WorkedExample) throws {
        let result = try PublishedTariffs.calculator().calculate(example.input())
        let part = try #require(result.parts.first)
        #expect(result.parts.count == 1)
        #expect(part.lines.map { [$0.quantityKWh, $0.unitPrice, $0.amount] } == example.lines)
        #expect(part.kWh == example.kWh)
        #expect(result.amountExcludingVAT == example.amount)
        #expect(result.vat == example.vat)
        #expect(result.total == example.amount + example.vat)
    }

    @Test("P02: 57 days from 4 January have the quotas EVNHANOI published")
    func quotas() throws {
        let example = try #require(Self.agreeing.first { $0.id == "P02, D05" })
        let part = try #require(
            PublishedTariffs.calculator().calculate(example.input()).parts.first)
        #expect(part.dayCount == 57)
        #expect(part.quotaDivisorDays == 31)
        #expect(part.lines.map(\.quotaKWh) == [92, 92, 184, 184, 184])
    }

    @Test("P08: a change of price in the month is split by days, each part with its quotas")
    func priceChange() throws {
        let input = CalculationInput(
            from: try PublishedTariffs.day("2025-05-01"),
            to: try PublishedTariffs.day("2025-05-31"),
            energy: .period(.total(200)))
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.parts.map(\.decision) == ["2699/QĐ-BCT", "1279/QĐ-BCT"])
        #expect(result.parts.map(\.dayCount) == [9, 22])
        #expect(result.parts.map(\.kWh) == [58, 142])
        #expect(result.parts[0].lines.map(\.quotaKWh) == [15, 15, 29])
        #expect(result.parts[1].lines.map(\.quotaKWh) == [35, 35, 71, 71])
        #expect(result.parts.map { $0.lines.reduce(0) { $0 + $1.amount } } == [121_323, 313_168])
        #expect(result.total == 469_250)
        #expect(
            result.basis.rules == [
                .lineAmounts, .tierQuotas, .quotaDivisor, .priceChangeSplit, .vatRounding,
            ])
    }

    @Test("D08: a change of price inside a cycle from the 16th to the 15th")
    func priceChangeInCycle() throws {
        let input = CalculationInput(
            from: try PublishedTariffs.day("2025-04-16"),
            to: try PublishedTariffs.day("2025-05-15"),
            energy: .period(.total(300)))
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.parts.map(\.kWh) == [240, 60])
        #expect(result.parts.map(\.quotaDivisorDays) == [30, 30])
        #expect(result.parts[0].lines.map(\.quantityKWh) == [40, 40, 80, 80])
        #expect(result.parts[1].lines.map(\.quantityKWh) == [10, 10, 20, 20])
        #expect(result.amountExcludingVAT == 712_340)
        #expect(result.total == 769_327)
    }

    @Test("P25: the SMS sample of EVN SPC rounds VAT to the nearest đồng")
    func vatRounding() throws {
        let rate = VATRate(
            validFrom: LocalDate(daysSince1970: 0), validTo: nil, basisPoints: 1_000,
            document: "10 %")
        #expect(rate.vat(on: 65_432, .halfUp) == 6_543)
    }

    // MARK: Documented disagreements

    @Test("P13 disagrees: the contest forbids rounding a quota, the formula of EVN rounds it")
    func fractionalHouseholds() throws {
        // The exam: 62.5 + 62.5 + 75 kWh, 430,625 + 34,450 = 465,075 đồng. The law for a quarter of
        // a household is not seen verbatim, so the answer carries a warning.
        let input = CalculationInput(
            from: try PublishedTariffs.day("2026-03-01"),
            to: try PublishedTariffs.day("2026-03-31"),
            energy: .period(.total(200)), households: Households(people: 5))
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.parts[0].lines.map(\.quotaKWh) == [63, 63, 125])
        #expect(result.amountExcludingVAT == 430_262)
        #expect(result.vat == 34_421)
        #expect(result.total == 464_683)
        #expect(465_075 - result.total == 392)
        #expect(result.warnings.contains(.uncertainRule(.fractionalQuotas)))
    }

    @Test("P26 disagrees: its prices of tiers 3 to 5 stand in no decision")
    func inventedPrices() throws {
        // It claims 850,400 đồng before VAT for 350 kWh from 11 October 2024 on.
        let input = CalculationInput(
            from: try PublishedTariffs.day("2024-11-01"),
            to: try PublishedTariffs.day("2024-11-30"),
            energy: .period(.total(350)))
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.amountExcludingVAT == 865_400)
        #expect(result.total == 934_632)
    }
}
