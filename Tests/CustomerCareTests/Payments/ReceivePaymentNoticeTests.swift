import JSON
import Payments
import Signing
import Testing

@testable import CustomerCare

@Suite("receivePaymentNotice")
struct ReceivePaymentNoticeTests {
    private static func query(
        _ reference: String, amount: Int64, code: String = "00", transaction: String
    ) -> String {
        let text =
            "vnp_Amount=\(amount * 100)&vnp_ResponseCode=\(code)&vnp_TmnCode=TEST_TMN"
            + "&vnp_TransactionNo=\(transaction)&vnp_TransactionStatus=\(code)"
            + "&vnp_TxnRef=\(reference)"
        let hash = HMACSHA512.code(
            for: Array(text.utf8), key: Array("a secret of a test".utf8))
        return text + "&vnp_SecureHash=" + String(decoding: Hexadecimal.encode(hash), as: UTF8.self)
    }

    @Test("VNPAY's call settles once and is answered in VNPAY's words")
    func settles() async throws {
        try await TestService.run(paymentProviders: try TestPayments.all()) { service in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "vnpay").json
            let reference = try #require(payment["orderReference"].string)
            let url = try #require(payment["action"]["url"].string)
            #expect(url.hasPrefix("https://vnpay.example/pay?vnp_Amount=10800000&"))
            let path = "/v1/payment-callbacks/vnpay?"
            let query = Self.query(reference, amount: 108_000, transaction: "9001")
            let forged = query.replacing("vnp_Amount=10800000", with: "vnp_Amount=10800100")
            #expect(
                try await service.callUnsigned("GET", path + forged).problem
                    == "401 unauthenticated")
            for code in ["00", "02"] {
                let answer = try await service.callUnsigned("GET", path + query)
                #expect(answer.status == 200)
                #expect(answer.json["RspCode"].string == code)
            }
            #expect(try await service.payment(payment)["state"].string == "succeeded")
            let unknown = Self.query("261125_X", amount: 1_000, transaction: "9002")
            let answer = try await service.callUnsigned("GET", path + unknown)
            #expect(answer.json["RspCode"].string == "01")
        }
    }

    @Test("a failure ends the payment, and words in any order end alike")
    func order() async throws {
        try await TestService.run(paymentProviders: try TestPayments.all()) { service in
            let path = "/v1/payment-callbacks/vnpay?"
            for isFailedFirst in [true, false] {
                let payer = try await service.payer()
                let payment = try await service.pay(payer, by: "vnpay").json
                let reference = try #require(payment["orderReference"].string)
                let paid = Self.query(reference, amount: 108_000, transaction: "91\(isFailedFirst)")
                let failed = Self.query(
                    reference, amount: 108_000, code: "24", transaction: "0\(isFailedFirst)")
                for query in isFailedFirst ? [failed, paid] : [paid, failed] {
                    #expect(try await service.callUnsigned("GET", path + query).status == 200)
                }
                #expect(try await service.payment(payment)["state"].string == "succeeded")
                #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
            }
        }
    }
}
