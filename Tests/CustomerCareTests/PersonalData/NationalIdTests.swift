import Testing

@testable import CustomerCare

@Suite("Identity cards and invoices")
struct NationalIdTests {
    @Test("a card has 9 or 12 digits, with spaces and dots")
    func cards() {
        #expect(NationalId.comparable("080199012345") == "080199012345")
        #expect(NationalId.comparable("0801 9901 2345") == "080199012345")
        #expect(NationalId.comparable("301.234.567") == "301234567")
    }

    @Test(
        "anything else is no card",
        arguments: [
            "", "12345678", "1234567890", "12345678901", "1234567890123", "08019901234a",
            "080199-012345", "\u{FF10}80199012345", "+80199012345", "080199012345\u{0}",
        ])
    func noCards(typed: String) {
        #expect(NationalId.comparable(typed) == nil)
    }

    @Test("an invoice has 1 to 20 digits, with spaces; zeros in front count")
    func invoices() {
        #expect(InvoiceId.comparable("12345678") == "12345678")
        #expect(InvoiceId.comparable(" 123 456 ") == "123456")
        #expect(InvoiceId.comparable("0012") == "0012")
        #expect(InvoiceId.comparable(String(repeating: "9", count: 20))?.utf8.count == 20)
        for typed in ["", " ", String(repeating: "9", count: 21), "12a", "1.2", "-1", "１２"] {
            #expect(InvoiceId.comparable(typed) == nil, "\(typed)")
        }
    }
}
