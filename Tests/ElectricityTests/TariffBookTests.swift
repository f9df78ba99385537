import Testing

@testable import Electricity

@Suite("TariffBook")
struct TariffBookTests {
    private static func day(_ text: String) throws -> LocalDate { try PublishedTariffs.day(text) }

    /// The faults of the published rows after a change.
    private func faults(_ change: (inout TariffRows) throws -> Void) throws -> [String] {
        var rows = try PublishedTariffs.rows()
        try change(&rows)
        return rows.validate().map(\.description)
    }

    @Test("the published rows have no fault, in any order")
    func published() throws {
        var rows = try PublishedTariffs.rows()
        #expect(rows.validate().isEmpty)
        rows.tariffs.reverse()
        rows.vatRates.reverse()
        #expect(try TariffBook(rows).rows == PublishedTariffs.rows())
    }

    @Test(
        "a tariff is found by its day, to the last and first one",
        arguments: [
            ("2015-03-16", "2256/QĐ-BCT"), ("2017-11-30", "2256/QĐ-BCT"),
            ("2017-12-01", "4495/QĐ-BCT"), ("2025-05-09", "2699/QĐ-BCT"),
            ("2025-05-10", "1279/QĐ-BCT"), ("9999-12-31", "1279/QĐ-BCT"),
        ])
    func lookUp(day: String, decision: String) throws {
        let book = try PublishedTariffs.book()
        #expect(book.tariff(on: try Self.day(day))?.decision == decision)
    }

    @Test("before the first tariff, rate and table there is none")
    func before() throws {
        let book = try PublishedTariffs.book()
        #expect(book.firstDay == (try Self.day("2015-03-16")))
        #expect(book.tariff(on: try Self.day("2015-03-15")) == nil)
        #expect(book.vatRate(on: try Self.day("2003-12-31")) == nil)
        #expect(book.reactiveTable(on: try Self.day("2014-12-09")) == nil)
        #expect(book.tariff(decision: "14/2025/QĐ-TTg")?.residential.tiers.count == 5)
        #expect(book.tariff(decision: "0/QĐ-BCT") == nil)
    }

    @Test("rows are put in the order of their dates, whatever order they come in")
    func order() throws {
        let published = try PublishedTariffs.rows()
        let table = published.reactiveTables[0]
        let later = ReactiveTable(
            document: "b", validFrom: try Self.day("2026-01-01"), validTo: nil, thresholdKW: 40,
            freeFromHundredths: 90, rows: table.rows, lowestCoefficientBasisPoints: 1,
            categories: [.business])
        let earlier = ReactiveTable(
            document: "a", validFrom: table.validFrom, validTo: try Self.day("2025-12-31"),
            thresholdKW: 40, freeFromHundredths: 90, rows: table.rows.reversed(),
            lowestCoefficientBasisPoints: 1, categories: [.business])
        let rows = TariffRows(
            tariffs: published.tariffs.reversed(), vatRates: published.vatRates.reversed(),
            reactiveTables: [later, earlier], checkedThrough: published.checkedThrough)
        #expect(rows.tariffs == published.tariffs)
        #expect(rows.vatRates == published.vatRates)
        let book = try TariffBook(rows)
        #expect(book.reactiveTable(on: try Self.day("2025-12-31"))?.document == "a")
        #expect(book.reactiveTable(on: try Self.day("2026-01-01"))?.document == "b")
        let bare = TariffRows(
            tariffs: published.tariffs, vatRates: published.vatRates,
            checkedThrough: published.checkedThrough)
        #expect(bare.validate().isEmpty)
    }

    @Test("rows with faults make no book, and all faults are named together")
    func refused() throws {
        var rows = try PublishedTariffs.rows()
        rows.tariffs = []
        rows.vatRates = []
        rows.reactiveTables = []
        let error = #expect(throws: TariffFaults.self) { try TariffBook(rows) }
        #expect(error?.description == "/tariffs: missing")
        var withoutVAT = try PublishedTariffs.rows()
        withoutVAT.vatRates = []
        #expect(withoutVAT.validate().map(\.description) == ["/vatRates: missing"])
        #expect(TariffFault.Reason.allCases.count == 10)
    }

    @Test("tariffs must follow each other day by day")
    func dates() throws {
        let tariff = try #require(PublishedTariffs.rows().tariffs.first)
        func row(_ decision: String, _ from: String, _ to: String?) throws -> Tariff {
            Tariff(
                decision: decision, validFrom: try Self.day(from), validTo: try to.map(Self.day),
                method: tariff.method, residential: tariff.residential)
        }
        let cases: [([Tariff], [String])] = [
            (
                [try row("a", "2020-01-01", "2020-12-30"), try row("b", "2021-01-01", nil)],
                ["/tariffs/1/validFrom: gap"]
            ),
            (
                [try row("a", "2020-01-01", "2021-01-01"), try row("b", "2021-01-01", nil)],
                ["/tariffs/1/validFrom: overlap"]
            ),
            (
                [try row("a", "2020-01-01", nil), try row("b", "2021-01-01", nil)],
                ["/tariffs/0/validTo: open_before_last"]
            ),
            (
                [try row("a", "2020-01-01", "2019-01-01")],
                ["/tariffs/0/validTo: ends_before_start", "/tariffs/0/validTo: last_is_not_open"]
            ),
            ([try row("", "2020-01-01", nil)], ["/tariffs/0/decision: missing"]),
            (
                [try row("a", "2020-01-01", "2020-12-31"), try row("a", "2021-01-01", nil)],
                ["/tariffs/1/decision: duplicate"]
            ),
            ([try row("a", "2003-01-01", nil)], ["/vatRates: starts_too_late"]),
        ]
        for (tariffs, expected) in cases {
            #expect(try faults { $0.tariffs = tariffs } == expected)
        }
    }

    @Test("the tiers must have widths and prices, and only the last is open")
    func tiers() throws {
        func faults(
            _ tiers: [Tier], undeclared: Int = 1, prepaid: Int64? = nil,
            divisor: QuotaDivisor = .startMonth
        ) throws -> [String] {
            let tariff = Tariff(
                decision: "draft", validFrom: try Self.day("2026-01-01"), validTo: nil,
                method: BillingMethod(
                    quotaDivisor: divisor, quotaRounding: .halfUp, splitRounding: .halfUp,
                    vatRounding: .halfUp),
                residential: ResidentialPrices(
                    tiers: tiers, confidence: .high, undeclaredTenantsTier: undeclared,
                    prepaid: prepaid.map { PrepaidPrice(unitPrice: $0, confidence: .high) }))
            return try self.faults { $0.drafts = [tariff] }
        }
        let path = "/drafts/0/residential"
        let open = Tier(widthKWh: nil, unitPrice: 100)
        #expect(try faults([open]).isEmpty)
        #expect(try faults([]) == ["\(path)/tiers: out_of_range"])
        #expect(
            try faults(Array(repeating: Tier(widthKWh: 1, unitPrice: 1), count: 100) + [open])
                == ["\(path)/tiers: out_of_range"])
        #expect(
            try faults([open, Tier(widthKWh: 5, unitPrice: 0)]) == [
                "\(path)/tiers/0/widthKWh: open_before_last",
                "\(path)/tiers/1/unitPrice: out_of_range",
                "\(path)/tiers/1/widthKWh: last_is_not_open",
            ])
        #expect(
            try faults([Tier(widthKWh: 0, unitPrice: .max), open]) == [
                "\(path)/tiers/0/unitPrice: out_of_range",
                "\(path)/tiers/0/widthKWh: out_of_range",
            ])
        #expect(
            try faults([open], undeclared: 2, prepaid: -1, divisor: .fixed(days: 0)) == [
                "/drafts/0/method/quotaDivisor: out_of_range",
                "\(path)/undeclaredTenantsTier: out_of_range",
                "\(path)/prepaid/unitPrice: out_of_range",
            ])
        #expect(try faults([open], prepaid: 5, divisor: .fixed(days: 30)).isEmpty)
    }

    @Test("the voltage classes of a category cover every voltage once")
    func voltages() throws {
        func one(_ from: Int64, _ to: Int64?, _ name: String = "a", price: Int64 = 1)
            -> VoltageClass
        {
            VoltageClass(
                name: name, fromVolts: from, toVolts: to,
                prices: RegisterPrices(standard: price, peak: price, offPeak: price))
        }
        func faults(_ classes: [VoltageClass], _ category: PricingCategory = .business) throws
            -> [String]
        {
            try self.faults {
                let old = $0.drafts[0]
                let prices = CategoryPrices(
                    category: category, classes: classes, confidence: .high)
                $0.drafts = [
                    Tariff(
                        decision: old.decision, validFrom: old.validFrom, validTo: nil,
                        method: old.method, residential: old.residential, categories: [prices])
                ]
            }
        }
        let path = "/drafts/0/categories/0"
        #expect(try faults([one(0, nil)]).isEmpty)
        #expect(try faults([one(6_000, nil), one(0, 5_999)]).isEmpty)
        #expect(try faults([]) == ["\(path)/classes: missing"])
        #expect(
            try faults([one(0, nil)], .undeclaredTenants) == ["\(path)/category: wrong_category"])
        #expect(try faults([one(1, nil)]) == ["\(path)/classes/0/fromVolts: gap"])
        #expect(
            try faults([one(0, 10), one(10, nil)]) == ["\(path)/classes/1/fromVolts: overlap"])
        #expect(try faults([one(0, 10)]) == ["\(path)/classes/0/toVolts: last_is_not_open"])
        #expect(
            try faults([one(0, nil), one(5, nil)])
                == ["\(path)/classes/0/toVolts: open_before_last"])
        #expect(
            try faults([one(0, -1), one(0, nil)]) == [
                "\(path)/classes/0/toVolts: out_of_range",
                "\(path)/classes/0/toVolts: ends_before_start",
            ])
        #expect(
            try faults([one(0, .max), one(.max, nil, "", price: 0)]) == [
                "\(path)/classes/0/toVolts: out_of_range", "\(path)/classes/1/name: missing",
                "\(path)/classes/1/fromVolts: out_of_range", "\(path)/classes/1/fromVolts: gap",
                "\(path)/classes/1/prices/standard: out_of_range",
                "\(path)/classes/1/prices/peak: out_of_range",
                "\(path)/classes/1/prices/offPeak: out_of_range",
            ])
        let twice = try self.faults {
            let old = $0.tariffs[6]
            $0.tariffs[6] = Tariff(
                decision: old.decision, validFrom: old.validFrom, validTo: nil, method: old.method,
                residential: old.residential, categories: [old.categories[0], old.categories[0]])
        }
        #expect(twice == ["/tariffs/6/categories/1/category: duplicate"])
    }

    @Test("a rate of VAT has a document and lies between nothing and everything")
    func vatRates() throws {
        let found = try faults {
            $0.vatRates = [
                VATRate(
                    validFrom: try Self.day("2004-01-01"), validTo: nil, basisPoints: 10_001,
                    document: "")
            ]
        }
        #expect(
            found == ["/vatRates/0/basisPoints: out_of_range", "/vatRates/0/document: missing"])
    }

    @Test("the reactive table has a row for each hundredth")
    func reactiveTable() throws {
        func table(
            _ rows: [ReactiveTable.Row], document: String = "a", threshold: Int64 = 40,
            free: Int = 90, lowest: Int64 = 1, categories: Set<PricingCategory> = [.business]
        ) throws -> ReactiveTable {
            ReactiveTable(
                document: document, validFrom: try Self.day("2014-12-10"), validTo: nil,
                thresholdKW: threshold, freeFromHundredths: free, rows: rows,
                lowestCoefficientBasisPoints: lowest, categories: categories)
        }
        func row(_ hundredths: Int, _ coefficient: Int64 = 1) -> ReactiveTable.Row {
            ReactiveTable.Row(
                powerFactorHundredths: hundredths, coefficientBasisPoints: coefficient)
        }
        let path = "/reactiveTables/0"
        let cases: [(ReactiveTable, [String])] = [
            (try table([row(88), row(89)]), []),
            (
                try table([row(88)]), ["\(path)/rows/0/powerFactorHundredths: gap"]
            ),
            (
                try table([row(89), row(89)]), ["\(path)/rows/1/powerFactorHundredths: overlap"]
            ),
            (
                try table([row(.max), row(.min, -1)]),
                [
                    "\(path)/rows/0/powerFactorHundredths: out_of_range",
                    "\(path)/rows/0/powerFactorHundredths: overlap",
                    "\(path)/rows/1/powerFactorHundredths: out_of_range",
                    "\(path)/rows/1/coefficientBasisPoints: out_of_range",
                    "\(path)/rows/1/powerFactorHundredths: gap",
                ]
            ),
            (
                try table(
                    [], document: "", threshold: -1, free: 0, lowest: 10_001, categories: []),
                [
                    "\(path)/document: missing", "\(path)/thresholdKW: out_of_range",
                    "\(path)/freeFromHundredths: out_of_range",
                    "\(path)/lowestCoefficientBasisPoints: out_of_range",
                    "\(path)/rows: missing", "\(path)/categories: missing",
                ]
            ),
        ]
        for (table, expected) in cases {
            #expect(try faults { $0.reactiveTables = [table] } == expected)
        }
    }
}
