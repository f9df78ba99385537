import Testing

@testable import Electricity

@Suite("Reactive power")
struct ReactiveChargeTests {
    private static let timed = Consumption.registers(standard: 1_000, peak: 300, offPeak: 200)

    private func charge(
        _ source: ReactiveUse.Source, capacityKW: Int64? = 100,
        category: PricingCategory = .production, consumption: Consumption = timed
    ) throws -> ReactiveCharge {
        let input = try trade(
            category, volts: 380, consumption, reactive: ReactiveUse(source, capacityKW: capacityKW)
        )
        return try #require(PublishedTariffs.calculator().calculate(input).reactive)
    }

    @Test("D34: 1,500 kWh and 930 kvarh are cosφ 0.85 and k 5.88 %")
    func example() throws {
        let charge = try charge(.kvarh(930))
        #expect(charge.exemption == nil)
        #expect(charge.powerFactor?.tenThousandths == 8_499)
        #expect(charge.powerFactorHundredths == 85)
        #expect(charge.coefficientBasisPoints == 588)
        #expect(charge.baseAmount == 3_339_000)
        #expect(charge.amountExcludingVAT == 196_333)
        #expect(charge.vat == 15_707)
        #expect(charge.total == 212_040)
        #expect(charge.document == "15/2014/TT-BCT")
    }

    @Test("homes and small customers are exempt before anything is metered")
    func exemptionInAdvance() throws {
        let day = try #require(LocalDate("2026-10-31"))
        let table = try #require(PublishedTariffs.calculator().book.reactiveTable(on: day))
        #expect(table.exemption(of: .residential, capacityKW: 1_000) == .purpose)
        #expect(table.exemption(of: .nonResidential, capacityKW: 39) == .capacity)
        #expect(table.exemption(of: .nonResidential, capacityKW: 40) == nil)
        #expect(table.exemption(of: .nonResidential, capacityKW: nil) == nil)
    }

    @Test("the active-energy bill stays as it is, a bill of its own")
    func activeBill() throws {
        let input = try trade(
            .production, volts: 380, Self.timed, reactive: ReactiveUse(.kvarh(930)))
        let result = try PublishedTariffs.calculator().calculate(input)
        #expect(result.amountExcludingVAT == 3_339_000)
        #expect(result.vat == 267_120)
        #expect(result.total == 3_606_120)
        #expect(
            result.basis.documents
                == ["1279/QĐ-BCT", result.vatRate.document, "15/2014/TT-BCT"])
        #expect(result.warnings.contains(.capacityUnknown(thresholdKW: 40)))
        #expect(result.warnings.contains(.uncertainRule(.powerFactorRounding)))
        #expect(result.warnings.contains(.uncertainRule(.reactiveRounding)))
    }

    @Test("coefficients that are not sure are warned of")
    func uncertainCoefficients() throws {
        var rows = try PublishedTariffs.rows()
        rows.reactiveTables = [try PublishedTariffs.reactiveTable(.medium)]
        let input = try trade(
            .production, volts: 380, Self.timed, reactive: ReactiveUse(.kvarh(930)))
        let result = try BillCalculator(TariffBook(rows)).calculate(input)
        #expect(
            result.warnings.contains(
                .uncertainCoefficients(document: "15/2014/TT-BCT", .medium)))
    }

    @Test("every row of the table is 0.90 ÷ cosφ − 1, to a hundredth of a per cent")
    func table() throws {
        let table = try PublishedTariffs.reactiveTable()
        for hundredths in 59...89 {
            let exact = Rounding.halfUp.quotient(
                Int64(90 - hundredths) * 10_000, by: Int64(hundredths))
            #expect(table.coefficientBasisPoints(ofHundredths: hundredths) == exact)
        }
        #expect(table.coefficientBasisPoints(ofHundredths: 90) == 0)
        #expect(table.coefficientBasisPoints(ofHundredths: 100) == 0)
        #expect(table.coefficientBasisPoints(ofHundredths: 0) == 5_254)
    }

    @Test(
        "cosφ is rounded to two decimals before the table is read: an open edge at 0.895",
        arguments: [
            (1_000, 0), (900, 0), (899, 0), (895, 0), (894, 112), (890, 112), (885, 112),
            (884, 227), (600, 5_000), (595, 5_000), (594, 5_254), (0, 5_254),
        ] as [(Int64, Int64)])
    func edges(thousandths: Int64, coefficient: Int64) throws {
        let charge = try charge(.powerFactorThousandths(thousandths))
        #expect(charge.coefficientBasisPoints == coefficient)
        #expect((charge.exemption == .powerFactor) == (coefficient == 0))
    }

    @Test("a rounding that decides is warned of, also when it frees from paying")
    func roundingWarning() throws {
        for (thousandths, isWarned) in [(895, true), (900, false), (890, false)] {
            let input = try trade(
                .production, volts: 380, .total(10_000),
                reactive: ReactiveUse(
                    .powerFactorThousandths(Int64(thousandths)), capacityKW: 40))
            let result = try PublishedTariffs.calculator().calculate(input)
            #expect(
                result.warnings.contains(.uncertainRule(.powerFactorRounding)) == isWarned)
        }
    }

    @Test("who does not pay is told why")
    func exemptions() throws {
        #expect(try charge(.kvarh(930), capacityKW: 39).exemption == .capacity)
        #expect(try charge(.kvarh(930), capacityKW: 40).exemption == nil)
        #expect(try charge(.kvarh(930), category: .hospitalsAndSchools).exemption == .purpose)
        #expect(try charge(.kvarh(0)).exemption == .powerFactor)
        #expect(try charge(.kvarh(0), consumption: .total(0)).exemption == .noEnergy)
        let idle = try charge(.kvarh(5), consumption: .total(0))
        #expect(idle.exemption == nil)
        #expect(idle.total == 0)
        #expect(ReactiveExemption.allCases.count == 5)
    }

    @Test("a home asks in vain, and before the first table there is nothing to ask")
    func noTable() throws {
        var input = try home(100, "2026-03-01", "2026-03-31")
        input.reactive = ReactiveUse(.kvarh(50))
        let home = try PublishedTariffs.calculator().calculate(input)
        #expect(home.reactive?.exemption == .purpose)
        #expect(home.reactive?.total == 0)
        #expect(home.basis.rules.contains(.reactiveScope))

        var rows = try PublishedTariffs.rows()
        rows.reactiveTables = []
        let result = try BillCalculator(TariffBook(rows)).calculate(input)
        #expect(result.reactive?.exemption == .noTable)
        #expect(result.basis.documents.count == 2)
    }

    @Test("cosφ is computed exactly, whatever the size")
    func powerFactor() throws {
        let three = try #require(PowerFactor(activeKWh: 300_000_000, reactiveKvarh: 400_000_000))
        #expect(three.tenThousandths == 6_000)
        #expect(three.isWholeHundredths)
        #expect(Rounding.allCases.map { three.hundredths($0) } == [60, 60, 60])
        let one = try #require(PowerFactor(activeKWh: 1_000_000_000, reactiveKvarh: 1))
        #expect(Rounding.allCases.map { one.hundredths($0) } == [100, 99, 100])
        let half = try #require(PowerFactor(thousandths: 895))
        #expect(Rounding.allCases.map { half.hundredths($0) } == [90, 89, 90])
        #expect(PowerFactor(thousandths: 1_001) == nil)
        #expect(PowerFactor(activeKWh: 0, reactiveKvarh: 0) == nil)
        #expect(PowerFactor(activeKWh: .max, reactiveKvarh: 1) == nil)
        #expect(PowerFactor(activeKWh: 1, reactiveKvarh: .min) == nil)
        #expect(try #require(PowerFactor(activeKWh: 0, reactiveKvarh: 1)).tenThousandths == 0)
    }
}
