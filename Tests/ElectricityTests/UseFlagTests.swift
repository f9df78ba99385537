import Testing

@testable import Electricity

@Suite("UseFlag")
struct UseFlagTests {
    /// The flags of the last of months in a row.
    private static func flags(from first: String, _ kWh: [Int64]) throws -> [UseFlag] {
        let history = try UseForecastTests.history(from: first, kWh)
        return UseFlag.flags(of: try #require(history.last), history: history)
    }

    private static func daily(_ kWh: Int64, months: Int = 1) throws -> DailyUse {
        try #require(DailyUse(kWh: kWh, dayCount: 30 * months))
    }

    @Test("a rise by more than thirty per cent over the months before is told with its figures")
    func monthsBefore() throws {
        #expect(try Self.flags(from: "2026-08", [100, 100, 100, 130]).isEmpty)
        let flags = try Self.flags(from: "2026-08", [100, 100, 100, 131])
        #expect(
            flags == [
                .rise(
                    over: .monthsBefore, use: try Self.daily(131),
                    compared: try Self.daily(300, months: 3), percent: 31)
            ])
    }

    @Test("and over the same month last year, by itself")
    func lastYear() throws {
        let kWh = [100] + Array(repeating: Int64(140), count: 12)
        let flags = try Self.flags(from: "2025-11", kWh)
        #expect(
            flags == [
                .rise(
                    over: .sameMonthLastYear, use: try Self.daily(140),
                    compared: try Self.daily(100), percent: 40)
            ])
    }

    @Test("nothing used is told beside what is usual, where that is known")
    func zero() throws {
        #expect(try Self.flags(from: "2026-11", [0]) == [.zeroUse(usual: nil)])
        #expect(
            try Self.flags(from: "2026-09", [50, 70, 0])
                == [.zeroUse(usual: try Self.daily(120, months: 2))])
    }

    @Test("beside nothing there is no share, and with nothing before there is nothing to tell")
    func nothingBefore() throws {
        #expect(try Self.flags(from: "2026-10", [0, 100]).isEmpty)
        #expect(try Self.flags(from: "2026-11", [100]).isEmpty)
    }
}
