import Testing

@testable import Electricity

extension IssuedBill {
    /// The bill that a calculation says should be issued, read once by a meter.
    init(_ calculation: Calculation, readings: [Reading] = []) {
        self.init(
            periodStart: calculation.parts[0].from,
            periodEnd: calculation.parts[calculation.parts.count - 1].to, readings: readings,
            lines: calculation.parts.flatMap(\.lines).map {
                Line(
                    kind: $0.kind, quantityKWh: $0.quantityKWh, unitPrice: $0.unitPrice,
                    amount: $0.amount)
            }, consumptionKWh: calculation.parts.reduce(0) { $0 + $1.kWh },
            amountExcludingVAT: calculation.amountExcludingVAT, vat: calculation.vat,
            total: calculation.total)
    }

    /// The same bill with other figures.
    func changed(
        lines: [Line]? = nil, consumptionKWh: Int64? = nil, amount: Int64? = nil,
        vat: Int64? = nil, total: Int64? = nil, readings: [Reading]? = nil
    ) -> IssuedBill {
        IssuedBill(
            periodStart: periodStart, periodEnd: periodEnd, readings: readings ?? self.readings,
            lines: lines ?? self.lines, consumptionKWh: consumptionKWh ?? self.consumptionKWh,
            amountExcludingVAT: amount ?? amountExcludingVAT, vat: vat ?? self.vat,
            total: total ?? self.total)
    }
}

@Suite("BillExplanation")
struct BillExplanationTests {
    private static func reading(
        _ register: Register, _ opening: Int64, _ closing: Int64, _ multiplier: Int64 = 1,
        kWh: Int64? = nil
    ) -> IssuedBill.Reading {
        IssuedBill.Reading(
            register: register, openingReading: opening, closingReading: closing,
            multiplier: multiplier, consumptionKWh: kWh ?? (closing - opening) * multiplier)
    }

    private func bill(_ kWh: Int64 = 150) throws -> IssuedBill {
        let calculation = try PublishedTariffs.calculator().calculate(
            home(kWh, "2026-03-01", "2026-03-31"))
        return IssuedBill(calculation, readings: [Self.reading(.total, 1_000, 1_000 + kWh)])
    }

    private func explain(_ bill: IssuedBill, _ pricing: Pricing = Pricing()) throws
        -> BillExplanation
    {
        try PublishedTariffs.calculator().explain(bill, pricing)
    }

    @Test("a right bill matches in every line")
    func match() throws {
        let explanation = try explain(bill())
        #expect(explanation.isMatch)
        #expect(explanation.differenceVND == 0)
        #expect(explanation.lines.count == 3)
        #expect(explanation.lines.allSatisfy { $0.agrees && $0.partIndex == 0 })
        #expect(explanation.calculation.total == 346_356)
    }

    @Test("a bill over a change of price matches, each line in its part")
    func matchOverChange() throws {
        let calculation = try PublishedTariffs.calculator().calculate(
            home(200, "2025-05-01", "2025-05-31"))
        let explanation = try explain(IssuedBill(calculation))
        #expect(explanation.isMatch)
        #expect(explanation.lines.map(\.partIndex) == [0, 0, 0, 1, 1, 1, 1])
    }

    @Test("a bill with a wrong line says which one, and by how much")
    func wrongLine() throws {
        let right = try bill()
        var lines = right.lines
        lines[2] = IssuedBill.Line(
            kind: .tier(3), quantityKWh: 50, unitPrice: 2_998, amount: 149_900)
        let wrong = right.changed(lines: lines, amount: 351_600, vat: 28_128, total: 379_728)
        let explanation = try explain(wrong)
        #expect(!explanation.isMatch)
        #expect(explanation.lines.map(\.differenceVND) == [0, 0, 30_900])
        #expect(explanation.lines.map(\.agrees) == [true, true, false])
        #expect(explanation.differenceExcludingVAT == 30_900)
        #expect(explanation.vatDifference == 2_472)
        #expect(explanation.differenceVND == 33_372)
    }

    @Test("a line too many and a line missing stand for themselves")
    func unpaired() throws {
        let right = try bill()
        let extra = IssuedBill.Line(kind: .tier(6), quantityKWh: 1, unitPrice: 3460, amount: 3460)
        let explanation = try explain(
            right.changed(lines: Array(right.lines.prefix(2)) + [extra]))
        #expect(explanation.lines.map { $0.billed?.kind } == [.tier(1), .tier(2), nil, .tier(6)])
        #expect(
            explanation.lines.map { $0.computed?.kind } == [.tier(1), .tier(2), .tier(3), nil])
        #expect(explanation.lines.map(\.differenceVND) == [0, 0, -119_000, 3460])
        #expect(!explanation.isMatch)
    }

    @Test("readings that do not come to the billed kWh are shown")
    func wrongReading() throws {
        let explanation = try explain(
            bill().changed(readings: [Self.reading(.total, 1_000, 1_140, kWh: 150)]))
        #expect(!explanation.isMatch)
        #expect(explanation.readings.map(\.computedKWh) == [140])
        #expect(explanation.readings.map(\.agrees) == [false])
        #expect(explanation.differenceKWh == 10)
        #expect(explanation.input.energy == .period(.total(140)))
        // All amounts are right, only the sum of kWh on the bill is not.
        let misprinted = try explain(bill().changed(consumptionKWh: 151))
        #expect(!misprinted.isMatch)
        #expect(misprinted.differenceKWh == 1)
        #expect(misprinted.differenceVND == 0)
    }

    @Test("two meters in a month add up, and a multiplier counts")
    func severalReadings() throws {
        let explanation = try explain(
            bill().changed(readings: [
                Self.reading(.total, 900, 960), Self.reading(.total, 0, 3, 30),
            ]))
        #expect(explanation.isMatch)
    }

    @Test("a meter past its last digit is billed by the kWh the bill states")
    func rollover() throws {
        let explanation = try explain(
            bill().changed(readings: [Self.reading(.total, 99_900, 50, kWh: 150)]))
        #expect(explanation.isMatch)
        #expect(explanation.readings[0].computedKWh == nil)
    }

    @Test("a time-of-use bill is explained by its registers")
    func registers() throws {
        let calculation = try PublishedTariffs.calculator().calculate(
            trade(.production, volts: 380, .registers(standard: 1_000, peak: 300, offPeak: 200)))
        let bill = IssuedBill(
            calculation,
            readings: [
                Self.reading(.standard, 0, 100, 10), Self.reading(.peak, 5, 35, 10),
                Self.reading(.offPeak, 0, 20, 10),
            ])
        let pricing = Pricing(category: .production, voltage: VoltageLevel(volts: 380))
        #expect(try explain(bill, pricing).isMatch)
    }

    @Test("purpose and voltage are found by the prices of a bill")
    func pricings() throws {
        let calculator = try PublishedTariffs.calculator()
        let input = try trade(
            .business, volts: 10_000, .registers(standard: 10, peak: 20, offPeak: 30),
            from: "2025-05-01", to: "2025-05-31")
        let bill = IssuedBill(try calculator.calculate(input))
        let pricing = Pricing(category: .business, voltage: VoltageLevel(volts: 6_000))
        #expect(calculator.pricings(of: bill) == [pricing])
        #expect(try calculator.explain(bill, pricing).isMatch)

        #expect(calculator.pricings(of: bill.changed(lines: [])) == [])
        let wrong = IssuedBill.Line(
            kind: .register(.peak), quantityKWh: 1, unitPrice: 1, amount: 1)
        #expect(calculator.pricings(of: bill.changed(lines: [wrong])) == [])
        #expect(calculator.pricings(of: try self.bill()) == [])
    }

    @Test("a meter read on the day of a change of price is explained by its parts")
    func readOnChange() throws {
        let calculator = try PublishedTariffs.calculator()
        var input = try trade(
            .business, volts: 380, .total(0), from: "2025-05-01", to: "2025-05-31")
        input.energy = .parts([.total(100), .total(20)])
        let pricing = Pricing(category: .business, voltage: input.voltage)
        let bill = IssuedBill(try calculator.calculate(input))
        let explanation = try calculator.explain(bill, pricing)
        #expect(explanation.isMatch)
        #expect(explanation.input.energy == input.energy)
        #expect(explanation.calculation.basis.rules.contains(.priceChangeReadings))

        // Whatever else is wrong, the split by days is what the bill is held against.
        let wrong = try calculator.explain(bill.changed(total: 1), pricing)
        #expect(!wrong.isMatch)
        #expect(wrong.calculation.parts.map(\.kWh) == [35, 85])
        #expect(try !calculator.explain(bill.changed(consumptionKWh: 7), pricing).isMatch)
        for category in [PricingCategory.residential, .residentialPrepaid, .undeclaredTenants] {
            input.category = category
            let home = IssuedBill(try calculator.calculate(input))
            let pricing = Pricing(category: category)
            #expect(try calculator.explain(home, pricing).isMatch)
            let line = IssuedBill.Line(
                kind: .tier(.min), quantityKWh: 120, unitPrice: 1, amount: 120)
            #expect(try !calculator.explain(home.changed(lines: [line]), pricing).isMatch)
        }
    }

    @Test("lines that cannot be the parts of a period leave the split by days")
    func impossibleParts() throws {
        let calculator = try PublishedTariffs.calculator()
        let input = try trade(
            .business, volts: 380, .registers(standard: 100, peak: 0, offPeak: 0),
            from: "2025-05-01", to: "2025-05-31")
        let bill = IssuedBill(try calculator.calculate(input))
        let pricing = Pricing(category: .business, voltage: input.voltage)
        func explain(_ lines: (old: Int64, new: Int64)...) throws -> BillExplanation {
            let lines = lines.flatMap { old, new in
                [(old, Int64(3007)), (new, 3152)].filter { $0.0 != 0 }.map {
                    IssuedBill.Line(
                        kind: .register(.standard), quantityKWh: $0.0, unitPrice: $0.1, amount: 0)
                }
            }
            let readings = [Self.reading(.standard, 0, 100), Self.reading(.peak, 5, 5)]
            return try calculator.explain(
                bill.changed(lines: lines, readings: readings), pricing)
        }
        for explanation in [
            try explain((0, 100)), try explain((100, 0)), try explain((-5, 105)),
            try explain((.max, .max), (.max, 1)), try explain((.min, .min), (.min, -1)),
        ] {
            #expect(!explanation.isMatch)
            #expect(explanation.calculation.parts.map(\.kWh) == [29, 71])
        }
        // The meter may have stood still until the day of the change.
        var still = input
        still.energy = .parts([
            .registers(standard: 0, peak: 0, offPeak: 0),
            .registers(standard: 100, peak: 0, offPeak: 0),
        ])
        let late = IssuedBill(try calculator.calculate(still))
        #expect(try calculator.explain(late, pricing).isMatch)
    }

    @Test("prices of a bill before the first tariff are not to be found")
    func pricingsBefore() throws {
        let day = try PublishedTariffs.day("2015-03-01")
        let line = IssuedBill.Line(
            kind: .register(.total), quantityKWh: 1, unitPrice: 2629, amount: 2629)
        func bill(_ start: LocalDate, _ end: LocalDate) -> IssuedBill {
            IssuedBill(
                periodStart: start, periodEnd: end, readings: [], lines: [line],
                consumptionKWh: 1, amountExcludingVAT: 2629, vat: 263, total: 2892)
        }
        let calculator = try PublishedTariffs.calculator()
        #expect(calculator.pricings(of: bill(day, day)) == [])
        let end = try PublishedTariffs.day("2019-03-31")
        #expect(calculator.pricings(of: bill(day, end)).map(\.category) == [.business])
    }

    @Test("a bill that cannot be computed says why")
    func refused() throws {
        let long = IssuedBill(
            periodStart: try PublishedTariffs.day("2026-01-01"),
            periodEnd: try PublishedTariffs.day("2026-06-30"), readings: [], lines: [],
            consumptionKWh: 1, amountExcludingVAT: 0, vat: 0, total: 0)
        let error = #expect(throws: CalculationFaults.self) { try explain(long) }
        #expect(error?.faults == [CalculationFault(field: .to, reason: .periodTooLong)])
    }

    @Test("no figure of an issued bill traps, however large", arguments: [Int64.min, .max])
    func extremes(value: Int64) throws {
        let line = IssuedBill.Line(
            kind: .tier(1), quantityKWh: value, unitPrice: value, amount: value)
        let bill = try bill().changed(
            lines: [line, line], consumptionKWh: value, amount: value, vat: value, total: value)
        let explanation = try explain(bill)
        #expect(!explanation.isMatch)
        #expect((explanation.differenceVND > 0) == (value > 0))
        let readings = [
            Self.reading(.total, value, 1, kWh: value), Self.reading(.total, 0, value, kWh: value),
            Self.reading(.total, 0, 1, value, kWh: value),
            Self.reading(.peak, 0, 2, value, kWh: value),
        ]
        #expect(throws: CalculationFaults.self) {
            try explain(bill.changed(readings: readings))
        }
        #expect(Int64.max.saturatingDifference(-1) == .max)
        #expect(Int64.min.saturatingDifference(1) == .min)
        #expect(Int64.max.saturatingSum(1) == .max)
        #expect(Int64.min.saturatingSum(-1) == .min)
    }
}
