import Testing

@testable import Electricity

@Suite("LocalDate")
struct LocalDateTests {
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
    }
}
