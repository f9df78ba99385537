import Testing

@testable import Electricity

@Suite("BillChange")
struct BillChangeTests {
    private func change(_ before: CalculationInput, _ now: CalculationInput) throws -> BillChange {
        let calculator = try PublishedTariffs.calculator()
        let change = try calculator.change(
            from: before, to: now, today: max(before.to, now.to))
        let exact = try calculator.calculate(now).total - calculator.calculate(before).total
        #expect(change.total == exact)
        #expect(change.unexplained == 0)
        return change
    }

    @Test("the same bill twice has changed by nothing")
    func same() throws {
        let use = try home(150, "2026-04-01", "2026-04-30")
        #expect(
            try change(use, use)
                == BillChange(
                    days: 0, consumption: 0, tierShift: 0, price: 0, vat: 0, unexplained: 0))
    }

    @Test("more kWh cost their earlier average, and the dearer tiers are apart")
    func moreKWh() throws {
        let change = try change(
            home(100, "2026-04-01", "2026-04-30"), home(150, "2026-06-01", "2026-06-30"))
        // 201,700 đồng for 100 kWh: 50 more at 2,017, and 119,000 were charged for them.
        #expect(
            change
                == BillChange(
                    days: 0, consumption: 100_850, tierShift: 18_150, price: 0, vat: 9_520,
                    unexplained: 0))
    }

    @Test("the same use a day in a longer month is days, and nothing else but rounding")
    func days() throws {
        let change = try change(
            home(300, "2026-04-01", "2026-04-30"), home(310, "2026-05-01", "2026-05-31"))
        // 739,500 đồng × 31/30; May has full quotas all the same, so 10 kWh are in tier 5.
        #expect(change.days == 24_650)
        #expect(change.consumption == 0)
        #expect(change.tierShift == 10 * 3350 - 24_650)
        #expect(change.price == 0)
    }

    @Test("a new price is the price, also when it began inside a period")
    func price() throws {
        let whole = try change(
            home(200, "2025-04-01", "2025-04-30"), home(200, "2025-06-01", "2025-06-30"))
        #expect(
            whole
                == BillChange(
                    days: 0, consumption: 0, tierShift: 0, price: 439_700 - 419_550, vat: 1_612,
                    unexplained: 0))
        let first = try change(
            home(200, "2025-03-01", "2025-03-31"), home(200, "2025-05-01", "2025-05-31"))
        #expect(first.price == 434_491 - 419_550)
        let second = try change(
            home(200, "2025-05-01", "2025-05-31"), home(200, "2025-07-01", "2025-07-31"))
        #expect(second.price == 439_700 - 434_491)
    }

    @Test("another rate of VAT is the tax alone")
    func vat() throws {
        let change = try change(
            home(200, "2022-01-01", "2022-01-31"), home(200, "2022-03-01", "2022-03-31"))
        #expect(
            change
                == BillChange(
                    days: 0, consumption: 0, tierShift: 0, price: 0, vat: -7_440, unexplained: 0))
    }

    @Test("more households move the use to cheaper tiers")
    func households() throws {
        let change = try change(
            home(400, "2026-04-01", "2026-04-30"),
            home(400, "2026-06-01", "2026-06-30", households: 2))
        #expect(change.tierShift < 0)
        #expect(change.total == change.tierShift + change.vat)
    }

    @Test("after a month without use everything is kWh")
    func fromNothing() throws {
        let change = try change(
            home(0, "2026-04-01", "2026-04-30"), home(100, "2026-05-01", "2026-05-31"))
        #expect(change.consumption == 201_700)
        #expect(change.tierShift == 0)
        let back = try self.change(
            home(100, "2026-05-01", "2026-05-31"), home(0, "2026-06-01", "2026-06-30"))
        #expect(back.days + back.consumption + back.tierShift == -201_700)
    }

    @Test("readings on the day of the change and another tariff are taken as they are")
    func choices() throws {
        var before = try trade(
            .business, volts: 380, .total(0), from: "2025-05-01", to: "2025-05-31")
        before.energy = .parts([.total(10), .total(20)])
        let now = try trade(
            .business, volts: 380, .registers(standard: 10, peak: 10, offPeak: 10),
            from: "2025-06-01", to: "2025-06-30")
        let change = try change(before, now)
        #expect(change.tierShift > 0)
        let draft = TariffChoice.ofDecision("14/2025/QĐ-TTg")
        let free = try self.change(
            home(100, "2026-04-01", "2026-04-30", choice: draft),
            home(100, "2026-06-01", "2026-06-30"))
        #expect(free.price == 201_700 - 198_400)
    }

    @Test("what was billed wrongly is unexplained, and the sum still exact")
    func unexplained() throws {
        let calculator = try PublishedTariffs.calculator()
        let before = IssuedBill(try calculator.calculate(home(100, "2026-04-01", "2026-04-30")))
        let now = IssuedBill(try calculator.calculate(home(150, "2026-06-01", "2026-06-30")))
            .changed(total: 350_000)
        let change = try calculator.change(
            from: calculator.explain(before, Pricing()), to: calculator.explain(now, Pricing()))
        #expect(change.unexplained == 350_000 - 346_356)
        #expect(change.total == now.total - before.total)
        let huge = try calculator.explain(now.changed(total: .max), Pricing())
        let tiny = try calculator.explain(before.changed(total: .min), Pricing())
        #expect(try calculator.change(from: tiny, to: huge).total == .max)
    }

    @Test("uses that cannot be computed or are priced otherwise are refused")
    func refused() throws {
        let calculator = try PublishedTariffs.calculator()
        let right = try home(100, "2026-04-01", "2026-04-30")
        let wrong = try home(-1, "2026-04-01", "2026-04-30")
        let shop = try trade(.business, volts: 380, .total(100))
        let faults = CalculationFaults(
            faults: [CalculationFault(field: .kwh, reason: .outOfRange)])
        func refuses(
            _ before: CalculationInput, _ now: CalculationInput, _ fault: BillChangeFault
        ) {
            #expect(throws: fault) {
                try calculator.change(from: before, to: now, today: right.to)
            }
        }
        refuses(wrong, right, .before(faults))
        refuses(right, wrong, .now(faults))
        refuses(right, shop, .otherPricing)
    }
}
