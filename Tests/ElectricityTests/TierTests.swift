import Testing

@testable import Electricity

@Suite("Tiers")
struct TierTests {
    @Test(
        "each edge of a tier falls on the right side, and quantities and amounts add up",
        arguments: [
            (0, 0, 0), (1, 1984, 1), (50, 99_200, 1), (51, 101_250, 2), (100, 201_700, 2),
            (101, 204_080, 3), (200, 439_700, 3), (201, 442_698, 4), (300, 739_500, 4),
            (301, 742_850, 5), (400, 1_074_500, 5), (401, 1_077_960, 6),
            (10_000_000, 34_599_690_500, 6),
        ] as [(Int64, Int64, Int)])
    func edges(kWh: Int64, amount: Int64, tiers: Int) throws {
        let result = try PublishedTariffs.calculator().calculate(
            home(kWh, "2026-04-01", "2026-04-30"))
        #expect(result.amountExcludingVAT == amount)
        let lines = result.parts[0].lines
        #expect(lines.map(\.kind) == (1...6).prefix(tiers).map { .tier($0) })
        #expect(lines.reduce(0) { $0 + $1.quantityKWh } == kWh)
    }

    @Test(
        "quotas follow the days and the month in which the period starts",
        arguments: [
            // Leap February, whole and by one day.
            ("2024-02-01", "2024-02-29", 29, [50, 50, 100, 100, 100]),
            ("2024-02-29", "2024-02-29", 29, [2, 2, 3, 3, 3]),
            ("2026-02-01", "2026-02-28", 28, [50, 50, 100, 100, 100]),
            ("2026-01-16", "2026-02-15", 31, [50, 50, 100, 100, 100]),
            // Over the end of a year.
            ("2025-12-16", "2026-01-15", 31, [50, 50, 100, 100, 100]),
            ("2025-12-31", "2026-01-01", 31, [3, 3, 6, 6, 6]),
            // A 31-day period from a 30-day month.
            ("2026-06-15", "2026-07-15", 30, [52, 52, 103, 103, 103]),
            ("2026-07-01", "2026-07-01", 31, [2, 2, 3, 3, 3]),
            ("2026-01-01", "2026-03-03", 31, [100, 100, 200, 200, 200]),
        ] as [(String, String, Int, [Int64])])
    func quotas(from: String, to: String, divisor: Int, quotas: [Int64]) throws {
        let part = try #require(
            PublishedTariffs.calculator().calculate(home(10_000, from, to)).parts.first)
        #expect(part.quotaDivisorDays == divisor)
        #expect(part.lines.map(\.quotaKWh) == quotas.map { $0 } + [nil])
    }

    @Test("the quotas grow with the households", arguments: [2, 7, 10_000] as [Int64])
    func households(count: Int64) throws {
        let result = try PublishedTariffs.calculator().calculate(
            home(1_000_000_000, "2026-04-01", "2026-04-30", households: count))
        let quotas = result.parts[0].lines.compactMap(\.quotaKWh)
        #expect(quotas == [50, 50, 100, 100, 100].map { $0 * count })
        #expect(result.basis.rules.contains(.households))
    }

    @Test(
        "declared tenants have quarters of a household's quotas",
        arguments: [
            (1, [13, 13, 25]), (2, [25, 25, 50]), (3, [38, 38, 75]), (4, [50, 50, 100]),
        ] as [(Int64, [Int64])])
    func people(count: Int64, quotas: [Int64]) throws {
        var input = try home(10_000, "2026-04-01", "2026-04-30")
        input.households = Households(people: count)
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.parts[0].lines.prefix(3).map(\.quotaKWh) == quotas)
        #expect(result.basis.rules.contains(.declaredTenants))
        #expect(result.basis.rules.contains(.fractionalQuotas) == (count < 4))
    }

    @Test("a tier whose quota rounds to nothing is passed over")
    func emptyQuota() throws {
        var rows = try PublishedTariffs.rows()
        rows.drafts = [
            Tariff(
                decision: "narrow", validFrom: rows.checkedThrough, validTo: nil,
                method: BillingMethod(
                    quotaDivisor: .fixed(days: 31), quotaRounding: .down, splitRounding: .halfUp,
                    vatRounding: .halfUp),
                residential: ResidentialPrices(
                    tiers: [
                        Tier(widthKWh: 1, unitPrice: 1000), Tier(widthKWh: nil, unitPrice: 2000),
                    ], confidence: .high, undeclaredTenantsTier: 1))
        ]
        let calculator = BillCalculator(try TariffBook(rows))
        let input = try home(5, "2026-04-01", "2026-04-01", choice: .ofDecision("narrow"))
        #expect(try calculator.calculate(input).parts[0].lines.map(\.kind) == [.tier(2)])
    }

    @Test("T may be the month before the one in which the period ends")
    func otherDivisors() throws {
        let from = try PublishedTariffs.day("2026-03-01")
        let to = try PublishedTariffs.day("2026-03-31")
        #expect(QuotaDivisor.startMonth.days(from: from, to: to) == 31)
        #expect(QuotaDivisor.monthBeforeEnd.days(from: from, to: to) == 28)
        #expect(QuotaDivisor.fixed(days: 30).days(from: from, to: to) == 30)
    }

    @Test("the five tiers of Decision 14/2025 are a row, not a release")
    func fiveTiers() throws {
        let result = try PublishedTariffs.calculator().calculate(
            home(750, "2026-04-01", "2026-04-30", choice: .ofDecision("14/2025/QĐ-TTg")))
        let lines = result.parts[0].lines
        #expect(lines.map(\.quotaKWh) == [100, 100, 200, 300, nil])
        #expect(lines.map(\.quantityKWh) == [100, 100, 200, 300, 50])
        #expect(
            result.amountExcludingVAT == 198_400 + 238_000 + 599_600 + 1_071_300 + 198_350)
        #expect(result.warnings.contains(.otherTariff(decision: "14/2025/QĐ-TTg")))
    }

    @Test(
        "what is left of a tier is told for the next kWh",
        arguments: [
            (0, 1, 50, 1984, 2050), (49, 1, 1, 1984, 2050), (50, 2, 50, 2050, 2380),
            (177, 3, 23, 2380, 2998), (200, 4, 100, 2998, 3350), (399, 5, 1, 3350, 3460),
        ] as [(Int64, Int, Int64, Int64, Int64)])
    func headroom(kWh: Int64, tier: Int, rest: Int64, price: Int64, next: Int64) throws {
        let input = try home(kWh, "2026-04-01", "2026-04-30")
        let headroom = try PublishedTariffs.calculator().headroom(of: input, today: input.to)
        #expect(
            headroom
                == TierHeadroom(
                    tier: tier, unitPrice: price, remainingKWh: rest, nextUnitPrice: next))
    }

    @Test("nothing is left of the open tier, and without tiers there is no headroom")
    func noHeadroom() throws {
        let calculator = try PublishedTariffs.calculator()
        var input = try home(400, "2026-04-01", "2026-04-30")
        let headroom = try calculator.headroom(of: input, today: input.to)
        #expect(
            headroom
                == TierHeadroom(tier: 6, unitPrice: 3460, remainingKWh: nil, nextUnitPrice: nil))
        input.category = .residentialPrepaid
        #expect(try calculator.headroom(of: input, today: input.to) == nil)
        input.energy = .period(.total(-1))
        #expect(throws: CalculationFaults.self) {
            try calculator.headroom(of: input, today: input.to)
        }
    }

    @Test("after a change of price the headroom is that of the newest prices")
    func headroomAfterChange() throws {
        let input = try home(200, "2025-05-01", "2025-05-31")
        let headroom = try PublishedTariffs.calculator().headroom(of: input, today: input.to)
        // 142 kWh of quotas 35, 35, 71, 71.
        #expect(
            headroom
                == TierHeadroom(tier: 4, unitPrice: 2998, remainingKWh: 70, nextUnitPrice: 3350))
    }
}
