import Testing

@testable import Electricity

@Suite("Daily use")
struct DailyUseTests {
    private static func use(_ kWh: Int64, _ days: Int) throws -> DailyUse {
        try #require(DailyUse(kWh: kWh, dayCount: days))
    }

    @Test("no days, less than nothing and more than can be are no use")
    func bounds() throws {
        #expect(DailyUse(kWh: 10, dayCount: 0) == nil)
        #expect(DailyUse(kWh: 10, dayCount: -3) == nil)
        #expect(DailyUse(kWh: -1, dayCount: 30) == nil)
        #expect(DailyUse(kWh: .max, dayCount: 30) == nil)
        #expect(DailyUse(kWh: 10, dayCount: .max) == nil)
        #expect(DailyUse(of: []) == nil)
        #expect(try Self.use(0, 1).hundredths == 0)
        #expect(try Self.use(1_000_000_000_000, 1).hundredths == 100_000_000_000_000)
    }

    @Test(
        "kWh a day are rounded half up to two decimals",
        arguments: [
            (265, 31, 855), (1, 8, 13), (1, 200, 1), (1, 201, 0), (0, 30, 0), (29, 29, 100),
        ])
    func hundredths(kWh: Int64, days: Int, hundredths: Int64) throws {
        #expect(try Self.use(kWh, days).hundredths == hundredths)
    }

    @Test("a use is scaled to other days once, rounded half up")
    func scaled() throws {
        #expect(try Self.use(100, 31).kWh(inDays: 29) == 94)
        #expect(try Self.use(1, 2).kWh(inDays: 1) == 1)
        #expect(try Self.use(1, 3).kWh(inDays: 1) == 0)
        #expect(try Self.use(100, 31).kWh(inDays: 31) == 100)
        #expect(try Self.use(100, 31).kWh(inDays: 0) == 0)
    }

    @Test("a change is in whole per cent, rounded half away from zero")
    func change() throws {
        let base = try Self.use(200, 20)
        #expect(try Self.use(130, 10).changePercent(from: base) == 30)
        #expect(try Self.use(2_005, 200).changePercent(from: base) == 0)
        #expect(try Self.use(2_010, 200).changePercent(from: base) == 1)
        #expect(try Self.use(1_990, 200).changePercent(from: base) == -1)
        #expect(try Self.use(0, 31).changePercent(from: base) == -100)
        #expect(try Self.use(5, 31).changePercent(from: try Self.use(0, 30)) == nil)
    }

    @Test("more than 130 % is more, exactly 130 % is not, whatever the days")
    func exceeds() throws {
        let base = try Self.use(280, 28)
        #expect(try !Self.use(403, 31).exceeds(percent: 130, of: base))
        #expect(try Self.use(404, 31).exceeds(percent: 130, of: base))
        #expect(try Self.use(1, 31).exceeds(percent: 130, of: Self.use(0, 30)))
        #expect(try !Self.use(0, 31).exceeds(percent: 130, of: Self.use(0, 30)))
    }

    @Test("uses are compared by their rate")
    func order() throws {
        #expect(try Self.use(28, 28) == Self.use(31, 31))
        #expect(try Self.use(28, 28).hashValue == Self.use(31, 31).hashValue)
        #expect(try Self.use(28, 28) < Self.use(30, 29))
        #expect(try DailyUse(of: [Self.use(28, 28), Self.use(62, 31)])?.kWh == 90)
    }
}

@Suite("Monthly use")
struct MonthlyUseTests {
    private static func use(
        _ month: String, _ from: String, _ to: String, _ kWh: Int64, isEstimated: Bool = false
    ) throws -> MonthlyUse {
        let month = try #require(BillingMonth(month))
        let first = try #require(LocalDate(from))
        let last = try #require(LocalDate(to))
        return try #require(
            MonthlyUse(
                month: month, firstDay: first, lastDay: last, kWh: kWh, isEstimated: isEstimated))
    }

    @Test("the periods of a month are one use, estimated when one of them is")
    func periods() throws {
        let months = MonthlyUse.months([
            try Self.use("2024-01", "2024-01-01", "2024-01-31", 310),
            try Self.use("2024-02", "2024-02-01", "2024-02-15", 100, isEstimated: true),
            try Self.use("2024-02", "2024-02-16", "2024-02-29", 190),
            try Self.use("2024-03", "2024-03-01", "2024-03-15", 100),
            try Self.use("2024-03", "2024-03-16", "2024-03-31", 100),
        ])
        #expect(months.count == 3)
        #expect(!months[2].isEstimated)
        #expect(months[0].use.dayCount == 31)
        #expect(!months[0].isEstimated)
        #expect(months[1].firstDay == LocalDate("2024-02-01"))
        #expect(months[1].lastDay == LocalDate("2024-02-29"))
        #expect(months[1].use.kWh == 290)
        #expect(months[1].use.dayCount == 29)
        #expect(months[1].isEstimated)
        #expect(MonthlyUse.months([]).isEmpty)
    }

    @Test("a period that ends before it begins has no use")
    func backwards() throws {
        let day = try #require(LocalDate("2024-02-01"))
        #expect(
            MonthlyUse(
                month: day.month, firstDay: day, lastDay: day.advanced(byDays: -1), kWh: 1,
                isEstimated: false) == nil)
    }
}
