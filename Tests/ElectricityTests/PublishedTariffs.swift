import Testing

@testable import Electricity

/// The tariffs, VAT rates and reactive table as published, for tests.
///
/// Transcribed from decisions 2256, 4495, 648, 1062, 2941, 2699 and 1279/QĐ-BCT, the VAT decrees
/// and Circular 15/2014/TT-BCT, each with the confidence noted beside the source.
enum PublishedTariffs {
    static func book() throws -> TariffBook { try TariffBook(rows()) }

    static func calculator() throws -> BillCalculator { BillCalculator(try book()) }

    static func rows() throws -> TariffRows {
        TariffRows(
            tariffs: try retail.map { try $0.tariff() }, drafts: [try fiveTiers()],
            vatRates: try vatRates.map { try $0.rate() }, reactiveTables: [try reactiveTable()],
            checkedThrough: try day("2026-06-30"))
    }

    static func day(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

    static let method = BillingMethod(
        quotaDivisor: .startMonth, quotaRounding: .halfUp, splitRounding: .halfUp,
        vatRounding: .halfUp)

    private static let retail: [Row] = [
        Row(
            "2256/QĐ-BCT", "2015-03-16", "2017-11-30", [1484, 1533, 1786, 2242, 2503, 2587],
            .medium, prepaid: 2141, .medium),
        Row(
            "4495/QĐ-BCT", "2017-12-01", "2019-03-19", [1549, 1600, 1858, 2340, 2615, 2701],
            .medium),
        Row(
            "648/QĐ-BCT", "2019-03-20", "2023-05-03", [1678, 1734, 2014, 2536, 2834, 2927],
            .high, prepaid: 2461, .high,
            business: [[2442, 4251, 1361], [2629, 4400, 1547], [2666, 4587, 1622]], .high,
            production: [
                [1536, 2759, 970], [1555, 2871, 1007], [1611, 2964, 1044], [1685, 3076, 1100],
            ], .high,
            schools: [1659, 1771], offices: [1827, 1902], .high),
        Row(
            "1062/QĐ-BCT", "2023-05-04", "2023-11-08", [1728, 1786, 2074, 2612, 2919, 3015],
            .high, prepaid: 2535, .medium,
            business: [[2516, 4378, 1402], [2708, 4532, 1594], [2746, 4724, 1671]], .medium,
            production: [
                [1584, 2844, 999], [1604, 2959, 1037], [1661, 3055, 1075], [1738, 3171, 1133],
            ], .lowToMedium,
            schools: [1690, 1805], offices: [1863, 1940], .lowToMedium),
        Row(
            "2941/QĐ-BCT", "2023-11-09", "2024-10-10", [1806, 1866, 2167, 2729, 3050, 3151],
            .high, prepaid: 2649, .medium,
            business: [[2629, 4575, 1465], [2830, 4736, 1666], [2870, 4937, 1746]], .mediumToHigh,
            production: [
                [1649, 2973, 1044], [1669, 3093, 1084], [1729, 3194, 1124], [1809, 3314, 1184],
            ], .medium,
            schools: [1766, 1886], offices: [1947, 2027], .lowToMedium),
        Row(
            "2699/QĐ-BCT", "2024-10-11", "2025-05-09", [1893, 1956, 2271, 2860, 3197, 3302],
            .high, prepaid: 2776, .medium,
            business: [[2755, 4795, 1535], [2965, 4963, 1746], [3007, 5174, 1830]], .medium,
            production: [
                [1728, 3116, 1094], [1749, 3242, 1136], [1812, 3348, 1178], [1896, 3474, 1241],
            ], .lowToMedium,
            schools: [1851, 1977], offices: [2040, 2124], .lowToMedium),
        Row(
            "1279/QĐ-BCT", "2025-05-10", nil, [1984, 2050, 2380, 2998, 3350, 3460],
            .high, prepaid: 2909, .high,
            business: [[2887, 5025, 1609], [3108, 5202, 1829], [3152, 5422, 1918]], .high,
            production: [
                [1811, 3266, 1146], [1833, 3398, 1190], [1899, 3508, 1234], [1987, 3640, 1300],
            ], .high,
            schools: [1940, 2072], offices: [2138, 2226], .high),
    ]

    private static let vatRates: [VATRow] = [
        VATRow("2004-01-01", "2022-01-31", 1000, "Law on VAT"),
        VATRow("2022-02-01", "2022-12-31", 800, "Resolution 43/2022/QH15, Decree 15/2022/NĐ-CP"),
        VATRow("2023-01-01", "2023-06-30", 1000, "Law on VAT"),
        VATRow("2023-07-01", "2023-12-31", 800, "Resolution 101/2023/QH15, Decree 44/2023/NĐ-CP"),
        VATRow("2024-01-01", "2024-06-30", 800, "Resolution 110/2023/QH15, Decree 94/2023/NĐ-CP"),
        VATRow("2024-07-01", "2024-12-31", 800, "Resolution 142/2024/QH15, Decree 72/2024/NĐ-CP"),
        VATRow("2025-01-01", "2025-06-30", 800, "Resolution 174/2024/QH15, Decree 180/2024/NĐ-CP"),
        VATRow("2025-07-01", "2026-12-31", 800, "Resolution 204/2025/QH15, Decree 174/2025/NĐ-CP"),
        VATRow("2027-01-01", nil, 1000, "general rate, unless extended", .medium),
    ]
}

extension PublishedTariffs {
    /// k in hundredths of a per cent for cosφ 0.89, 0.88, … 0.60.
    static let coefficients: [Int64] = [
        112, 227, 345, 465, 588, 714, 843, 976, 1111, 1250, 1392, 1538, 1688, 1842, 2000, 2162,
        2329, 2500, 2676, 2857, 3043, 3235, 3433, 3636, 3846, 4063, 4286, 4516, 4754, 5000,
    ]

    static func reactiveTable(_ confidence: Confidence = .high) throws -> ReactiveTable {
        ReactiveTable(
            document: "15/2014/TT-BCT", validFrom: try day("2014-12-10"), validTo: nil,
            thresholdKW: 40, freeFromHundredths: 90,
            rows: coefficients.enumerated().map {
                ReactiveTable.Row(
                    powerFactorHundredths: 89 - $0.offset, coefficientBasisPoints: $0.element)
            }, lowestCoefficientBasisPoints: 5254, categories: [.business, .production],
            confidence: confidence)
    }

    /// Decision 14/2025/QĐ-TTg at today's average price: not in force, only to compare with.
    ///
    /// Its voltage classes are others: above 35 kV, above 1 kV, and low voltage.
    static func fiveTiers() throws -> Tariff {
        let prices: [Int64] = [1984, 2380, 2998, 3571, 3967]
        let widths: [Int64?] = [100, 100, 200, 300, nil]
        return Tariff(
            decision: "14/2025/QĐ-TTg", validFrom: try day("2026-07-01"), validTo: nil,
            method: method,
            residential: ResidentialPrices(
                tiers: zip(widths, prices).map { Tier(widthKWh: $0, unitPrice: $1) },
                confidence: .medium, undeclaredTenantsTier: 2),
            categories: [
                CategoryPrices(
                    category: .hospitalsAndSchools,
                    classes: [
                        VoltageClass(
                            name: "low", fromVolts: 0, toVolts: 1_000,
                            prices: RegisterPrices(standard: 2116)),
                        VoltageClass(
                            name: "medium", fromVolts: 1_001, toVolts: 35_000,
                            prices: RegisterPrices(standard: 1984)),
                        VoltageClass(
                            name: "high", fromVolts: 35_001, toVolts: nil,
                            prices: RegisterPrices(standard: 1984)),
                    ], confidence: .low)
            ])
    }
}

/// A row of the VAT table.
private struct VATRow {
    let from: String
    let to: String?
    let basisPoints: Int64
    let document: String
    let confidence: Confidence

    init(
        _ from: String, _ to: String?, _ basisPoints: Int64, _ document: String,
        _ confidence: Confidence = .high
    ) {
        self.from = from
        self.to = to
        self.basisPoints = basisPoints
        self.document = document
        self.confidence = confidence
    }

    func rate() throws -> VATRate {
        VATRate(
            validFrom: try PublishedTariffs.day(from), validTo: try to.map(PublishedTariffs.day),
            basisPoints: basisPoints, document: document, confidence: confidence)
    }
}

/// A decision on retail prices: standard, peak, off-peak, from the highest voltage down.
private struct Row {
    let decision: String
    let from: String
    let to: String?
    let tierPrices: [Int64]
    let confidence: Confidence
    let prepaid: PrepaidPrice?
    let categories: [CategoryPrices]

    init(
        _ decision: String, _ from: String, _ to: String?, _ tierPrices: [Int64],
        _ confidence: Confidence, prepaid: Int64? = nil, _ prepaidConfidence: Confidence = .low,
        business: [[Int64]] = [], _ businessConfidence: Confidence = .low,
        production: [[Int64]] = [], _ productionConfidence: Confidence = .low,
        schools: [Int64] = [], offices: [Int64] = [], _ officesConfidence: Confidence = .low
    ) {
        self.decision = decision
        self.from = from
        self.to = to
        self.tierPrices = tierPrices
        self.confidence = confidence
        self.prepaid = prepaid.map {
            PrepaidPrice(unitPrice: $0, confidence: prepaidConfidence)
        }
        let three: [(String, Int64)] = [("ge_22kv", 22_000), ("6_to_22kv", 6_000), ("lt_6kv", 0)]
        let four: [(String, Int64)] =
            [("ge_110kv", 110_000), ("22_to_110kv", 22_000)] + three.dropFirst()
        let two: [(String, Int64)] = [("ge_6kv", 6_000), ("lt_6kv", 0)]
        categories = [
            Row.prices(.business, business, three, businessConfidence),
            Row.prices(.production, production, four, productionConfidence),
            Row.prices(.hospitalsAndSchools, schools.map { [$0] }, two, officesConfidence),
            Row.prices(.publicLightingAndOffices, offices.map { [$0] }, two, officesConfidence),
        ].compactMap(\.self)
    }

    private static func prices(
        _ category: PricingCategory, _ prices: [[Int64]], _ bounds: [(String, Int64)],
        _ confidence: Confidence
    ) -> CategoryPrices? {
        if prices.isEmpty { return nil }
        let classes = bounds.enumerated().map { index, bound in
            let row = prices[index]
            let isTimed = row.count == 3
            return VoltageClass(
                name: bound.0, fromVolts: bound.1,
                toVolts: index == 0 ? nil : bounds[index - 1].1 - 1,
                prices: RegisterPrices(
                    standard: row[0], peak: isTimed ? row[1] : nil,
                    offPeak: isTimed ? row[2] : nil))
        }
        return CategoryPrices(category: category, classes: classes, confidence: confidence)
    }

    func tariff() throws -> Tariff {
        let widths: [Int64?] = [50, 50, 100, 100, 100, nil]
        return Tariff(
            decision: decision, validFrom: try PublishedTariffs.day(from),
            validTo: try to.map(PublishedTariffs.day), method: PublishedTariffs.method,
            residential: ResidentialPrices(
                tiers: zip(widths, tierPrices).map { Tier(widthKWh: $0, unitPrice: $1) },
                confidence: confidence, undeclaredTenantsTier: 3, prepaid: prepaid),
            categories: categories)
    }
}
