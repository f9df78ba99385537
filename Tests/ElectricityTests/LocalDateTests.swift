import Testing

@testable import Electricity

@Suite("LocalDate")
struct LocalDateTests {
    @Test(
        "a day is read from YYYY-MM-DD and written back the same",
        arguments: [
            "0001-01-01", "1900-02-28", "1969-12-31", "1970-01-01", "2000-02-29", "2024-02-29",
            "2026-12-31", "9999-12-31",
        ])
    func roundTrip(text: String) throws {
        #expect(try #require(LocalDate(text)).description == text)
    }

    @Test(
        "what is no day is refused",
        arguments: [
            "", "2026-1-01", "2026-01-1", "2026/01/01", "2026-01/01", "2026-13-01", "2026-00-10",
            "2026-02-29", "1900-02-29", "2026-04-31", "2026-01-00", "2026-01-32", "0000-01-01",
            "+026-01-01", "2026-+1-01", "2026-01-+1", "２026-01-01", "2026-01-01 ",
        ])
    func malformed(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test(
        "a day begins at midnight in Vietnam, five in the afternoon UTC",
        arguments: [
            ("2026-11-25", "2026-11-25T00:00:00+07:00"),
            ("2028-02-29", "2028-02-29T00:00:00+07:00"),
            ("1969-12-31", "1969-12-31T00:00:00+07:00"),
        ])
    func start(day: String, start: String) throws {
        let date = try #require(LocalDate(day))
        #expect(date.start.description == start)
        #expect(LocalDate(of: date.start) == date)
        #expect(LocalDate(of: date.start.advanced(bySeconds: -1)) == date.advanced(byDays: -1))
    }

    @Test("days are counted without a gap over four hundred years and more")
    func noGap() throws {
        var day = try #require(LocalDate("1969-01-01"))
        for year in 1969...2380 {
            for month in 1...12 {
                for number in 1...LocalDate.days(inMonth: month, of: year) {
                    let (y, m, d) = day.components
                    #expect((y, m, d) == (year, month, number))
                    #expect(LocalDate(year: year, month: month, day: number) == day)
                    day = day.advanced(byDays: 1)
                }
            }
        }
    }

    @Test("the first and last day of a period both count")
    func dayCount() throws {
        let first = try #require(LocalDate("2024-01-04"))
        let last = try #require(LocalDate("2024-02-29"))
        #expect(first.dayCount(through: last) == 57)
        #expect(first.dayCount(through: first) == 1)
        #expect(last.dayCount(through: first) == -55)
    }

    @Test("a day knows its month and stands in order")
    func month() throws {
        let day = try #require(LocalDate("2024-02-29"))
        #expect(day.month.description == "2024-02")
        #expect(day < day.advanced(byDays: 1))
        #expect(day > day.advanced(byDays: -1))
        #expect(LocalDate(daysSince1970: -1).month.description == "1969-12")
    }

    @Test(
        "arithmetic stops at the years 1 and 9999",
        arguments: [Int.min, -1_000_000, 1_000_000, Int.max])
    func bounds(days: Int) throws {
        let end = days < 0 ? "0001-01-01" : "9999-12-31"
        #expect(LocalDate(daysSince1970: days > 0 ? Int.max : days).description == end)
        let from = try #require(LocalDate(days < 0 ? "1000-06-15" : "9000-06-15"))
        #expect(from.advanced(byDays: days).description == end)
    }

    @Test("a day begins at midnight in Vietnam, seven hours before it does in Greenwich")
    func instants() {
        #expect(LocalDate(of: Instant(secondsSince1970: 0)).description == "1970-01-01")
        let midnight = Int64(17 * 3_600)
        #expect(LocalDate(of: Instant(secondsSince1970: midnight - 1)).description == "1970-01-01")
        #expect(LocalDate(of: Instant(secondsSince1970: midnight)).description == "1970-01-02")
    }
}
