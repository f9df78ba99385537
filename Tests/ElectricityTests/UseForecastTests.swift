import Testing

@testable import Electricity

@Suite("UseForecast")
struct UseForecastTests {
    /// Months in a row from one on, each of 30 days with so many kWh.
    static func history(from first: String, _ kWh: [Int64]) throws -> [MonthlyUse] {
        let oldest = try #require(BillingMonth(first))
        return try kWh.enumerated().map { index, kWh in
            let day = oldest.advanced(byMonths: index).firstDay
            return try #require(
                MonthlyUse(
                    month: day.month, firstDay: day, lastDay: day.advanced(byDays: 29), kWh: kWh,
                    isEstimated: false))
        }
    }

    private static func forecast(
        _ month: String, days: Int = 30, from first: String, _ kWh: [Int64]
    ) throws -> UseForecast? {
        UseForecast(
            of: try #require(BillingMonth(month)), days: days,
            history: try history(from: first, kWh))
    }

    @Test("fewer than three months say nothing", arguments: [[], [100], [100, 100]])
    func insufficient(kWh: [Int64]) throws {
        #expect(try Self.forecast("2026-11", from: "2026-08", kWh) == nil)
    }

    @Test("without last year it is the rate of the last three months, by the days")
    func rate() throws {
        let steady = try #require(try Self.forecast("2026-11", from: "2026-08", [90, 120, 150]))
        #expect(steady.middle == 120)
        #expect((steady.low, steady.high) == (90, 150))
        #expect(steady.monthCount == 3)
        #expect(!steady.isSeasonal)
        let short = try #require(
            try Self.forecast("2026-11", days: 15, from: "2026-07", [999, 100, 100, 100]))
        #expect(short.middle == 50)
        #expect(short.low <= short.middle && short.middle <= short.high)
    }

    @Test("the same month last year raises and lowers it, by half to double at most")
    func season() throws {
        for (lastYear, middle) in [(Int64(150), Int64(150)), (80, 80), (1_000, 200), (0, 50)] {
            // July to October, the month itself, then a year of the same.
            let kWh = [100, 100, 100, 100, lastYear] + Array(repeating: Int64(100), count: 11)
            let forecast = try #require(try Self.forecast("2026-11", from: "2025-07", kWh))
            #expect(forecast.isSeasonal)
            #expect(forecast.middle == middle, "\(lastYear)")
        }
    }

    @Test("nothing is forecast as nothing only where nothing was used")
    func zero() throws {
        let idle = try #require(
            try Self.forecast("2026-11", from: "2025-07", Array(repeating: 0, count: 16)))
        #expect((idle.low, idle.middle, idle.high) == (0, 0, 0))
        #expect(!idle.isSeasonal)
        let back = try #require(try Self.forecast("2026-11", from: "2026-06", [0, 0, 0, 0, 60]))
        #expect(back.middle == 20)
        #expect(back.low == 20 && back.high == 20)
    }

    @Test("the greatest figures that a bill may hold do not overflow")
    func greatest() throws {
        let most = CalculationBounds.kWh.upperBound * 1_000
        let kWh = [1, 1, 1, 1, most / 3] + Array(repeating: most / 3, count: 11)
        let forecast = try #require(
            try Self.forecast("2026-11", days: 62, from: "2025-07", kWh))
        #expect(forecast.middle > 0 && forecast.high >= forecast.middle)
    }
}
