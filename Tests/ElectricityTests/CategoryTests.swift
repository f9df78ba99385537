import Testing

@testable import Electricity

@Suite("Prices outside homes")
struct CategoryTests {
    private static let timed = Consumption.registers(standard: 1_000, peak: 300, offPeak: 200)

    @Test(
        "the price is that of purpose, voltage and register",
        arguments: [
            (.business, 380, "lt_6kv", [3152, 5422, 1918]),
            (.business, 5_999, "lt_6kv", [3152, 5422, 1918]),
            (.business, 6_000, "6_to_22kv", [3108, 5202, 1829]),
            (.business, 22_000, "ge_22kv", [2887, 5025, 1609]),
            (.production, 380, "lt_6kv", [1987, 3640, 1300]),
            (.production, 22_000, "22_to_110kv", [1833, 3398, 1190]),
            (.production, 110_000, "ge_110kv", [1811, 3266, 1146]),
            (.hospitalsAndSchools, 380, "lt_6kv", [2072, 2072, 2072]),
            (.hospitalsAndSchools, 6_000, "ge_6kv", [1940, 1940, 1940]),
            (.publicLightingAndOffices, 380, "lt_6kv", [2226, 2226, 2226]),
        ] as [(PricingCategory, Int64, String, [Int64])])
    func prices(category: PricingCategory, volts: Int64, name: String, prices: [Int64]) throws {
        let result = try PublishedTariffs.calculator().calculate(
            trade(category, volts: volts, Self.timed))
        let part = result.parts[0]
        #expect(part.voltageClass == name)
        #expect(
            part.lines.map(\.kind) == [.register(.standard), .register(.peak), .register(.offPeak)])
        #expect(part.lines.map(\.unitPrice) == prices)
        #expect(part.lines.map(\.quantityKWh) == [1_000, 300, 200])
        #expect(
            result.amountExcludingVAT == 1_000 * prices[0] + 300 * prices[1] + 200 * prices[2])
        #expect(result.basis.rules.contains(.timeOfUse))
        #expect(result.warnings.isEmpty)
    }

    @Test("registers without use have no line")
    func emptyRegisters() throws {
        let result = try PublishedTariffs.calculator().calculate(
            trade(.business, volts: 380, .registers(standard: 0, peak: 5, offPeak: 0)))
        #expect(result.parts[0].lines.map(\.kind) == [.register(.peak)])
    }

    @Test("without a time-of-use meter everything is at the price of standard hours")
    func noTimeOfUse() throws {
        let result = try PublishedTariffs.calculator().calculate(
            trade(.business, volts: 380, .total(500)))
        #expect(result.parts[0].lines.map(\.kind) == [.register(.total)])
        #expect(result.total == 1_702_080)
        #expect(result.basis.rules.contains(.standardHoursOnly))
    }

    @Test("a prepaid meter or undeclared tenants without use have no line")
    func flatWithoutUse() throws {
        for category in [PricingCategory.residentialPrepaid, .undeclaredTenants] {
            var input = try home(0, "2026-03-01", "2026-03-31")
            input.category = category
            #expect(try PublishedTariffs.calculator().calculate(input).parts[0].lines.isEmpty)
        }
    }

    @Test("prices that few sources confirm are marked")
    func uncertainPrices() throws {
        let result = try PublishedTariffs.calculator().calculate(
            trade(
                .production, volts: 380, .total(1), from: "2025-01-01", to: "2025-01-31"))
        #expect(
            result.warnings == [
                .uncertainPrices(decision: "2699/QĐ-BCT", .production, .lowToMedium)
            ])
    }

    @Test("a change of price splits every register by days, unless the meter was read that day")
    func changeOfPrice() throws {
        let calculator = try PublishedTariffs.calculator()
        var input = try trade(
            .business, volts: 380, .registers(standard: 100, peak: 50, offPeak: 31),
            from: "2025-05-01", to: "2025-05-31")
        let split = try calculator.calculate(input)
        #expect(split.parts[0].lines.map(\.quantityKWh) == [29, 15, 9])
        #expect(split.parts[1].lines.map(\.quantityKWh) == [71, 35, 22])
        #expect(split.basis.rules.contains(.timeOfUseSplit))
        #expect(split.warnings.contains(.uncertainRule(.timeOfUseSplit)))

        input.energy = .parts([
            .registers(standard: 90, peak: 50, offPeak: 31),
            .registers(standard: 10, peak: 0, offPeak: 0),
        ])
        let read = try calculator.calculate(input)
        #expect(read.parts.map(\.kWh) == [171, 10])
        #expect(read.basis.rules.contains(.priceChangeReadings))
        #expect(!read.basis.rules.contains(.priceChangeSplit))
    }

    @Test("homes are residential, all others are not")
    func purposes() {
        let homes = PricingCategory.allCases.filter { $0.usagePurpose == .residential }
        #expect(homes == [.residential, .residentialPrepaid, .undeclaredTenants])
    }

    @Test("a tariff knows how sure the prices of a category are")
    func confidence() throws {
        let book = try PublishedTariffs.book()
        let oldest = try #require(book.tariff(decision: "2256/QĐ-BCT"))
        #expect(oldest.confidence(of: .residential) == .medium)
        #expect(oldest.confidence(of: .residentialPrepaid) == .medium)
        #expect(oldest.confidence(of: .production) == nil)
        let newest = try #require(book.tariff(decision: "1279/QĐ-BCT"))
        #expect(newest.confidence(of: .publicLightingAndOffices) == .high)
        #expect(newest.confidence(of: .vehicleCharging) == nil)
    }
}
