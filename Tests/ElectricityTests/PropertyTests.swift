import Testing

@testable import Electricity

/// What must hold for any use; each run draws the same ones.
@Suite("Properties")
struct PropertyTests {
    private let calculator: BillCalculator
    private let firstDay: LocalDate

    init() throws {
        calculator = try PublishedTariffs.calculator()
        firstDay = try PublishedTariffs.day("2019-03-20")
    }

    private func use(_ random: inout SeededGenerator) -> CalculationInput {
        let from = firstDay.advanced(byDays: Int.random(in: 0...2_800, using: &random))
        let length = Int.random(in: 0...61, using: &random)
        let top: Int64 = [10, 500, 5_000, 1_000_000_000].randomElement(using: &random) ?? 10
        let kWh = Int64.random(in: 0...top, using: &random)
        let quarters = Int64.random(in: 1...40, using: &random)
        let homes = [PricingCategory.residential, .residentialPrepaid, .undeclaredTenants]
        let trades = [PricingCategory.business, .production, .hospitalsAndSchools]
        let category =
            Bool.random(using: &random)
            ? .residential : (homes + trades).randomElement(using: &random) ?? .residential
        var energy = Consumption.total(kWh)
        if category.usagePurpose == .nonResidential, Bool.random(using: &random) {
            energy = .registers(standard: kWh / 2, peak: kWh / 5, offPeak: kWh / 7)
        }
        return CalculationInput(
            from: from, to: from.advanced(byDays: length), energy: .period(energy),
            households: category == .residential
                ? Households(people: quarters) : Households(count: 1),
            category: category,
            voltage: VoltageLevel(
                volts: [380, 22_000, 110_000].randomElement(using: &random) ?? 380))
    }

    private func uses(_ count: Int, seed: UInt64) -> [CalculationInput] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in use(&random) }
    }

    @Test("lines add up to parts, parts to the amount, and days and kWh are all there")
    func sums() throws {
        for input in uses(2_000, seed: 1) {
            let result = try calculator.calculate(input)
            var amount: Int64 = 0
            var next = input.from
            for part in result.parts {
                #expect(part.from == next && part.dayCount == part.from.dayCount(through: part.to))
                #expect(part.lines.reduce(0) { $0 + $1.quantityKWh } == part.kWh)
                for line in part.lines {
                    #expect(line.quantityKWh > 0)
                    #expect(line.amount == line.quantityKWh * line.unitPrice)
                    #expect(line.quotaKWh.map { line.quantityKWh <= $0 } ?? true)
                    amount += line.amount
                }
                next = part.to.advanced(byDays: 1)
            }
            #expect(next == input.to.advanced(byDays: 1))
            #expect(result.parts.reduce(0) { $0 + $1.kWh } == input.energy.whole.kWh)
            #expect(amount == result.amountExcludingVAT)
            #expect(result.total == amount + result.vat)
        }
    }

    @Test("one kWh more never costs less")
    func monotone() throws {
        for input in uses(2_000, seed: 2) {
            guard !input.energy.isByRegister, input.energy.whole.kWh < 1_000_000_000 else {
                continue
            }
            var more = input
            more.energy = .period(.total(input.energy.whole.kWh + 1))
            let difference = Comparison(
                base: try calculator.calculate(input), other: try calculator.calculate(more))
            #expect(difference.differenceExcludingVAT > 0, "\(input)")
            #expect(difference.differenceVND > 0)
        }
    }

    @Test("one household more never costs more")
    func households() throws {
        for input in uses(1_000, seed: 3) where input.category == .residential {
            var more = input
            more.households = Households(people: input.households.quarters + 4)
            let difference = Comparison(
                base: try calculator.calculate(input), other: try calculator.calculate(more))
            #expect(difference.differenceVND <= 0)
        }
    }

    @Test("a period split at the change of price is the same as one read on that day")
    func splitting() throws {
        for input in uses(3_000, seed: 4) {
            let whole = try calculator.calculate(input)
            guard whole.parts.count > 1 else { continue }
            let days = Int64(input.dayCount)
            #expect(whole.parts.count == 2)
            func old(_ kWh: Int64) -> Int64 {
                // The documented rule: half up, the last part takes the rest.
                (2 * kWh * Int64(whole.parts[0].dayCount) + days) / (2 * days)
            }
            let energy = input.energy.whole
            let before = Consumption(
                isByRegister: energy.isByRegister, standardKWh: old(energy.standardKWh),
                peakKWh: old(energy.peakKWh), offPeakKWh: old(energy.offPeakKWh))
            var read = input
            read.energy = .parts([before, energy.subtracting(before)])
            let joined = try calculator.calculate(read)
            #expect(joined.parts == whole.parts)
            #expect(joined.total == whole.total)
        }
    }

    @Test("the quotas of two halves are those of the whole, but for a kWh of rounding")
    func joining() throws {
        for input in uses(500, seed: 5) where input.category == .residential && input.dayCount > 1 {
            let middle = input.from.advanced(byDays: input.dayCount / 2 - 1)
            var first = input
            (first.to, first.energy) = (middle, .period(.total(1_000_000)))
            var second = input
            (second.from, second.energy) = (middle.advanced(byDays: 1), first.energy)
            // Only within a month and a tariff T and the prices are the same.
            guard input.to.month == input.from.month else { continue }
            var whole = input
            whole.energy = first.energy
            let quotas = try [first, second, whole].map {
                let result = try calculator.calculate($0)
                return result.parts.count == 1 ? result.parts[0].lines.compactMap(\.quotaKWh) : []
            }
            for (one, (other, all)) in zip(quotas[0], zip(quotas[1], quotas[2])) {
                #expect(abs(one + other - all) <= 1)
            }
        }
    }

    @Test("the components of a change add up to it, exactly")
    func changes() throws {
        let list = uses(2_000, seed: 6)
        for (before, now) in zip(list, list.dropFirst()) where before.category == now.category {
            var later = now
            later.voltage = before.voltage
            let change = try calculator.change(
                from: before, to: later, today: max(before.to, later.to))
            #expect(
                change.total
                    == (try calculator.calculate(later).total - calculator.calculate(before).total))
        }
    }

    @Test("a bill issued by the rules explains itself")
    func explanations() throws {
        for input in uses(500, seed: 7) {
            let bill = IssuedBill(try calculator.calculate(input))
            let pricing = Pricing(
                households: input.households, category: input.category, voltage: input.voltage)
            #expect(try calculator.explain(bill, pricing).isMatch)
        }
    }

    @Test("no input traps, whatever it holds")
    func extremes() {
        var random = SeededGenerator(seed: 8)
        let numbers: [Int64] = [.min, -1, 0, 1, 50, 1_000, 1_000_000_000, 1_000_000_000_000, .max]
        func number() -> Int64 { numbers.randomElement(using: &random) ?? 0 }
        var refused = 0
        for _ in 0..<5_000 {
            func day() -> LocalDate {
                firstDay.advanced(byDays: Int(truncatingIfNeeded: number() % 3_000))
            }
            let first = day()
            let consumption =
                Bool.random(using: &random)
                ? Consumption.total(number())
                : .registers(standard: number(), peak: number(), offPeak: number())
            let input = CalculationInput(
                from: first,
                to: Bool.random(using: &random) ? first : LocalDate(daysSince1970: Int(number())),
                energy: Bool.random(using: &random)
                    ? .period(consumption) : .parts([consumption, .total(number())]),
                households: Bool.random(using: &random)
                    ? Households(count: number()) : Households(people: number()),
                category: PricingCategory.allCases.randomElement(using: &random) ?? .residential,
                voltage: VoltageLevel(volts: number()),
                reactive: ReactiveUse(
                    Bool.random(using: &random)
                        ? .kvarh(number()) : .powerFactorThousandths(number()),
                    capacityKW: number()))
            do {
                let result = try calculator.calculate(input, today: day())
                #expect(result.total >= 0)
            } catch {
                refused += 1
                #expect(!error.faults.isEmpty)
            }
        }
        #expect(refused > 0 && refused < 5_000)
    }
}
