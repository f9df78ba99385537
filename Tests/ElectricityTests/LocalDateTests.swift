import Testing

@testable import Electricity

@Suite("LocalDate")
struct LocalDateTests {
<<<<<<< HEAD
    @Test("every day from 1899 to 2101 has its number and is read as it is written")
    func calendar() throws {
        var day = try #require(LocalDate(year: 1899, month: 1, day: 1))
        var expected = (year: 1899, month: 1, day: 1)
        let last = try #require(LocalDate(year: 2101, month: 12, day: 31))
        while day <= last {
            let parts = day.components
            #expect(parts == expected)
            #expect(LocalDate(year: parts.year, month: parts.month, day: parts.day) == day)
            day = day.advanced(byDays: 1)
            expected.day += 1
            if expected.day > LocalDate.days(inMonth: expected.month, of: expected.year) {
                expected.day = 1
                expected.month += 1
            }
            if expected.month > 12 {
                expected.month = 1
                expected.year += 1
            }
        }
        #expect(expected == (2102, 1, 1))
        #expect(try #require(LocalDate("1970-01-01")).daysSince1970 == 0)
        #expect(try #require(LocalDate("2026-11-25")).daysSince1970 == 20_782)
        #expect(try #require(LocalDate("1969-12-31")).daysSince1970 == -1)
    }

    @Test(
        "what is no day is none",
        arguments: [
            "", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "1900-02-29",
            "2026-1-1", "2026-01-01T", "2026/01/01", "01-01-2026", "0000-01-01", "２026-01-01",
            "2026-01-0１", " 2026-01-01", "+026-01-01",
        ])
    func refusesText(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test("a day begins at 17:00 of the day before in Greenwich, to the microsecond")
    func zone() throws {
        let newYear = try #require(LocalDate("2027-01-01"))
        let midnight = Instant(secondsSince1970: Int64(newYear.daysSince1970) * 86_400 - 25_200)
        #expect(LocalDate(of: midnight) == newYear)
        let before = Instant(microsecondsSince1970: midnight.microsecondsSince1970 - 1)
        #expect(LocalDate(of: before).description == "2026-12-31")
        #expect(midnight.description == "2027-01-01T00:00:00+07:00")
        #expect(before.description == "2026-12-31T23:59:59+07:00")
        #expect(before.secondsSince1970 == midnight.secondsSince1970 - 1)
        #expect(before < midnight)
    }

    @Test("instants before 1970 are told as well")
    func before1970() {
        let instant = Instant(microsecondsSince1970: -1)
        #expect(instant.secondsSince1970 == -1)
        #expect(instant.description == "1970-01-01T06:59:59+07:00")
        #expect(Instant(secondsSince1970: -25_201).description == "1969-12-31T23:59:59+07:00")
    }
}

@Suite("CustomerCode")
struct CustomerCodeTests {
    @Test("a code is PB or PK and eleven digits; typed, spaces around it and case do not count")
    func reads() {
        #expect(CustomerCode(exact: "PB06010001234")?.text == "PB06010001234")
        #expect(CustomerCode(exact: "PK06010001234")?.text == "PK06010001234")
        #expect(CustomerCode(typed: "  pb06010001234 ")?.text == "PB06010001234")
        #expect(CustomerCode(typed: "Pk06010001234")?.text == "PK06010001234")
    }

    @Test(
        "anything else is no code",
        arguments: [
            "", "PB", "PB0601000123", "PB060100012345", "PA06010001234", "BP06010001234",
            "PB0601000123a", "PB 06010001234", "PB0601000123４", "PB06010001234\n",
            "\u{A0}PB06010001234", "ＰB06010001234", "PB0601000123\u{0}", "PB٠٦٠١٠٠٠١٢٣٤",
        ])
    func refuses(text: String) {
        #expect(CustomerCode(exact: text) == nil)
        #expect(CustomerCode(typed: text) == nil)
    }

    @Test("lower case and spaces are typed, not exact")
    func exact() {
        #expect(CustomerCode(exact: "pb06010001234") == nil)
        #expect(CustomerCode(exact: " PB06010001234") == nil)
    }
}

@Suite("PaymentStatus")
struct PaymentStatusTests {
    @Test(
        "what is billed, paid and announced decides",
        arguments: [
            (100, 0, 0, .unpaid), (100, 1, 0, .partial), (100, 99, 0, .partial),
            (100, 100, 0, .paid), (100, 100, 100, .paid), (100, 0, 1, .paymentPending),
            (100, 50, 50, .paymentPending), (0, 0, 0, .paid),
        ] as [(Int64, Int64, Int64, PaymentStatus)])
    func status(billed: Int64, paid: Int64, pending: Int64, status: PaymentStatus) {
        #expect(PaymentStatus(billed: billed, paid: paid, pending: pending) == status)
=======
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
>>>>>>> d9c98ad (Keep days, months and instants within the years 1 to 9999)
    }
}
