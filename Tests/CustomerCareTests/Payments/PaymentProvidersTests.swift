import Payments
import Testing

@testable import CustomerCare

@Suite("The file of payment providers")
struct PaymentProvidersTests {
    private func faults(_ text: String) -> [String] {
        do {
            _ = try PaymentProviders.read(Array(text.utf8))
            return []
        } catch {
            return error.faults
        }
    }

    @Test("every provider is read, and none is a service without online payment")
    func reads() throws {
        let all = try TestPayments.all()
        #expect(Set(all.all.keys) == Set(ProviderName.allCases))
        #expect(all.allowsPlainText, "ZaloPay of the tests is on this machine")
        #expect(try PaymentProviders.read(Array("{}".utf8)).all.isEmpty)
        #expect(!PaymentProviders.none.allowsPlainText)
    }

    @Test("every fault is named by its place and no value is told")
    func names() {
        let text = """
            {"zalopay":{"appId":0,"key1":"short","key2":"a secret of 23 letters!",
            "baseUrl":"http://zalopay.example","callbackUrl":"https://care.example/a b"},
            "vietqr":{"bankCode":"97040A","accountNumber":"1"},"vnpay":[]}
            """
        #expect(
            Set(faults(text)) == [
                "#/zalopay/appId: out_of_range", "#/zalopay/key1: too_short",
                "#/zalopay/baseUrl: wrong_format", "#/zalopay/callbackUrl: wrong_format",
                "#/vietqr/bankCode: wrong_format", "#/vietqr/accountNumber: too_short",
                "#/vnpay: wrong_type",
            ])
        #expect(faults("{").count == 1)
        #expect(!faults(text).joined().contains("secret"))
    }
}
