import Testing

@testable import Electricity

@Suite("Vocabulary")
struct VocabularyTests {
    @Test("the words of the contract are the raw values")
    func words() {
        #expect(UsagePurpose.allCases.map(\.rawValue) == ["residential", "nonResidential"])
        #expect(ContractStatus.allCases.map(\.rawValue) == ["active", "ended"])
        #expect(Register.allCases.map(\.rawValue) == ["total", "standard", "peak", "offPeak"])
        #expect(BillStatus.allCases.map(\.rawValue) == ["issued", "corrected", "cancelled"])
        #expect(
            PaymentStatus.allCases.map(\.rawValue) == [
                "unpaid", "partial", "paid", "payment_pending",
            ])
    }

    @Test(
        "what is paid and announced decides the payment status",
        arguments: [
            (100, 0, 0, PaymentStatus.unpaid), (100, 40, 0, .partial), (100, 100, 0, .paid),
            (100, 101, 0, .paid), (0, 0, 0, .paid), (100, 0, 100, .paymentPending),
            (100, 40, 60, .paymentPending), (100, 100, 50, .paid),
        ])
    func status(billed: Int, paid: Int, pending: Int, expected: PaymentStatus) {
        let status = PaymentStatus(
            billed: Int64(billed), paid: Int64(paid), pending: Int64(pending))
        #expect(status == expected)
    }
}
