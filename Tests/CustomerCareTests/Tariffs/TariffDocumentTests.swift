import Electricity
import Testing

@testable import CustomerCare

@Suite("Tariff documents")
struct TariffDocumentTests {
    private static func text() throws -> String {
        String(decoding: try TariffDocument.builtIn().text, as: UTF8.self)
    }

    /// The faults of the built-in document with one text replaced, once.
    private static func faults(_ old: String, _ new: String) throws -> [String] {
        let text = try text()
        try #require(text.contains(old), "\(old)")
        let changed = text.replacing(old, with: new, maxReplacements: 1)
        do {
            _ = try TariffDocument(Array(changed.utf8))
            return []
        } catch .invalid(let faults) {
            return faults
        } catch {
            return ["\(error)"]
        }
    }

    @Test("the built-in document holds every tariff from 20 March 2019 on")
    func builtIn() throws {
        let rows = try TariffDocument.builtIn().book.rows
        #expect(
            rows.tariffs.map(\.decision) == [
                "648/QĐ-BCT", "1062/QĐ-BCT", "2941/QĐ-BCT", "2699/QĐ-BCT", "1279/QĐ-BCT",
            ])
        #expect(rows.tariffs[0].validFrom == LocalDate("2019-03-20"))
        #expect(rows.tariffs.allSatisfy { $0.categories.count == 4 })
        #expect(rows.tariffs.allSatisfy { $0.residential.tiers.count == 6 })
        #expect(rows.drafts.map(\.decision) == ["14/2025/QĐ-TTg"])
        #expect(
            rows.vatRates.map(\.basisPoints) == [1000, 800, 1000, 800, 800, 800, 800, 800, 1000])
        #expect(rows.vatRates.last?.confidence == .medium)
        #expect(rows.reactiveTables.count == 1)
        #expect(rows.reactiveTables[0].coefficientBasisPoints(ofHundredths: 70) == 2_857)
        for decision in ["1062/QĐ-BCT", "2941/QĐ-BCT", "2699/QĐ-BCT"] {
            let tariff = try #require(try TariffDocument.builtIn().book.tariff(decision: decision))
            #expect(tariff.confidence(of: .production)?.needsWarning == true)
            #expect(tariff.confidence(of: .publicLightingAndOffices)?.needsWarning == true)
        }
    }

    private static let faulty: [(String, String, [String])] = [
        (
            #""unitPrice": 1734"#, #""unitPrice": 0"#,
            ["/tariffs/0/residential/tiers/1/unitPrice: out_of_range"]
        ),
        (
            #""unitPrice": 1734"#, #""unitPrice": 17.5"#,
            ["/tariffs/0/residential/tiers/1/unitPrice: not_an_integer"]
        ),
        (
            #""unitPrice": 1734"#, #""unitPrice": "1734""#,
            ["/tariffs/0/residential/tiers/1/unitPrice: wrong_type"]
        ),
        (
            #""unitPrice": 1734"#, #""unitPrice": 99999999999999999999"#,
            ["/tariffs/0/residential/tiers/1/unitPrice: out_of_range"]
        ),
        (
            #""unitPrice": 1734"#, #""unitprice": 1734"#,
            [
                "/tariffs/0/residential/tiers/1/unitprice: unknown_member",
                "/tariffs/0/residential/tiers/1/unitPrice: missing",
            ]
        ),
        (
            #""validTo": "2023-05-03""#, #""validTo": "2023-05-02""#,
            ["/tariffs/1/validFrom: gap"]
        ),
        (
            #""validTo": "2023-05-03""#, #""validTo": "2023-05-04""#,
            ["/tariffs/1/validFrom: overlap"]
        ),
        (
            #""validTo": "2023-05-03""#, #""validTo": "2023-02-30""#,
            ["/tariffs/0/validTo: wrong_format"]
        ),
        (
            #""validTo": "2023-05-03""#, #""validTo": null"#,
            ["/tariffs/0/validTo: open_before_last"]
        ),
        (
            #""validFrom": "2023-05-04""#, #""validFrom": "2018-05-04""#,
            ["/tariffs/1/validFrom: out_of_order"]
        ),
        (
            #""quotaDivisor": "startMonth""#, #""quotaDivisor": "month""#,
            ["/tariffs/0/method/quotaDivisor: unknown_word"]
        ),
        (
            #""quotaDivisor": "startMonth""#, #""quotaDivisor": 0"#,
            ["/tariffs/0/method/quotaDivisor: out_of_range"]
        ),
        (#""quotaDivisor": "startMonth""#, #""quotaDivisor": "monthBeforeEnd""#, []),
        (#""quotaDivisor": "startMonth""#, #""quotaDivisor": 30"#, []),
        (
            #""category": "business""#, #""category": "production""#,
            ["/tariffs/0/categories/1/category: duplicate"]
        ),
        (
            #""toVolts": 5999"#, #""toVolts": 5998"#,
            ["/tariffs/0/categories/0/classes/1/fromVolts: gap"]
        ),
        (
            #""basisPoints": 800"#, #""basisPoints": 10001"#,
            ["/vatRates/1/basisPoints: out_of_range"]
        ),
        (
            #""validFrom": "2004-01-01""#, #""validFrom": "2019-03-21""#,
            ["/vatRates: starts_too_late"]
        ),
        (
            #""powerFactorHundredths": 88"#, #""powerFactorHundredths": 90"#,
            ["/reactiveTables/0/rows/1/powerFactorHundredths: out_of_order"]
        ),
        (
            #""powerFactorHundredths": 60"#, #""powerFactorHundredths": 59"#,
            ["/reactiveTables/0/rows/29/powerFactorHundredths: gap"]
        ),
        (#""checkedThrough": "2026-08-31","#, "", ["/checkedThrough: missing"]),
        (
            #""thresholdKW": 40"#, #""thresholdKW": null"#,
            ["/reactiveTables/0/thresholdKW: missing"]
        ),
        (#""drafts": ["#, #""drafts": [1, "#, ["/drafts/0: wrong_type"]),
    ]

    @Test("each fault is named by its JSON pointer", arguments: faulty)
    func faults(old: String, new: String, expected: [String]) throws {
        let found = try Self.faults(old, new)
        if expected == ["/drafts/0: wrong_type"] {
            #expect(found.first == expected.first)
        } else {
            #expect(found == expected)
        }
    }

    @Test("what is no JSON is told with line and column")
    func syntax() {
        #expect(
            throws: TariffDocumentError.syntax(
                line: 2, column: 1, reason: "the text ends before the value does")
        ) {
            try TariffDocument(Array("{\n".utf8))
        }
        #expect(throws: TariffDocumentError.invalid(["/: wrong_type"])) {
            try TariffDocument(Array("[]".utf8))
        }
    }

    @Test("differences are told value by value, rows by what names them")
    func differences() throws {
        let old = try TariffDocument.builtIn()
        #expect(TariffDifference.lines(from: old.text, to: old.value).isEmpty)
        let text = try Self.text()
            .replacing(#""unitPrice": 2050"#, with: #""unitPrice": 2051"#)
            .replacing(
                #""powerFactorHundredths": 60"#, with: #""powerFactorHundredths": 60 "#
            )
            .replacing(#""name": "ge_110kv","#, with: #""name": "high","#, maxReplacements: 1)
        let lines = TariffDifference.lines(
            from: old.text, to: try TariffDocument(Array(text.utf8)).value)
        #expect(
            lines.contains("~ /tariffs/1279/QĐ-BCT/residential/tiers/1/unitPrice: 2050 -> 2051"))
        let place = "/tariffs/648/QĐ-BCT/categories/production/classes"
        #expect(lines.contains("- \(place)/ge_110kv/prices/standard: 1536"))
        #expect(lines.contains("+ \(place)/high/prices/standard: 1536"))
        #expect(lines.count == 1 + 12)
        #expect(TariffDifference.lines(from: nil, to: old.value).allSatisfy { $0.hasPrefix("+ /") })
        let broken = TariffDifference.lines(from: Array("{".utf8), to: old.value)
        #expect(broken.count == 1)
    }

    @Test("the table of a version has a line for each row")
    func table() throws {
        let table = TariffStore.table(try TariffDocument.builtIn().book.rows)
        #expect(table.count == 1 + 5 + 1 + 9 + 1)
        #expect(table.contains { $0.contains("VAT 8 %") && $0.contains("174/2025") })
        #expect(table.last == "reactive  2014-12-10  -           high        15/2014/TT-BCT")
    }
}
