import Testing

@testable import Electricity

@Suite("BillingMonth")
struct BillingMonthTests {
    @Test("a month is read from YYYY-MM and from nothing else", arguments: ["2026-01", "1999-12"])
    func readsMonth(text: String) throws {
        #expect(try #require(BillingMonth(text)).description == text)
    }
}
