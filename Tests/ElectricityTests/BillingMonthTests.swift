import Testing

@testable import Electricity

@Suite("BillingMonth")
struct BillingMonthTests {
    @Test(
        "a month is read from YYYY-MM and from nothing else",
        arguments: ["2026-01", "1999-12", "0001-01", "9999-12"])
    func readsMonth(text: String) throws {
        #expect(try #require(BillingMonth(text)).description == text)
    }

    @Test(
        "what is no month is refused",
        arguments: [
            "", "2026-1", "2026-13", "2026-00", "2026/01", "01/2026", "2026-001", "0000-01",
            "+026-01", "2026-+1", "2026-1a",
        ])
    func malformed(text: String) {
        #expect(BillingMonth(text) == nil)
    }

    @Test("a month knows its first day and its length, in leap years too")
    func days() throws {
        let february = try #require(BillingMonth(year: 2024, month: 2))
        #expect(february.firstDay.description == "2024-02-01")
        #expect(february.dayCount == 29)
        #expect(try #require(BillingMonth("2026-02")).dayCount == 28)
        #expect(try #require(BillingMonth("2026-04")).dayCount == 30)
        #expect(try #require(BillingMonth("2026-12")).dayCount == 31)
    }

    @Test("months move over the ends of years")
    func advanced() throws {
        let december = try #require(BillingMonth("2025-12"))
        #expect(december.advanced(byMonths: 1).description == "2026-01")
        #expect(december.advanced(byMonths: -12).description == "2024-12")
        #expect(december.advanced(byMonths: 1) > december)
        #expect(december.advanced(byMonths: .max).description == "9999-12")
        #expect(december.advanced(byMonths: .min).description == "0001-01")
    }
}
