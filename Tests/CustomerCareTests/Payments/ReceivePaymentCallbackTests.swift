import Electricity
import JSON
import Signing
import Testing

@testable import CustomerCare

@Suite("receivePaymentCallback")
struct ReceivePaymentCallbackTests {
    /// A service with all providers, one of which answers.
    private func run(_ body: (TestService, FakeZaloPay) async throws -> Void) async throws {
        try await FakeZaloPay.run { fake in
            let providers = try TestPayments.all(zaloPayPort: fake.port)
            try await TestService.run(paymentProviders: providers) { service in
                try await body(service, fake)
            }
        }
    }

    @Test("a verified callback settles the bills, the debt falls and there is a receipt")
    func settles() async throws {
        try await run { service, _ in
            let payer = try await service.payer(["2026-09", "2026-10"])
            let payment = try await service.pay(
                payer, ["2026-09", "2026-10"], by: "zalopay"
            ).json
            let answer = try await service.zaloPayCalls(payment, transaction: 1_001)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"return_code":1,"return_message":"success"}"#)
            let paid = try await service.payment(payment)
            #expect(paid["state"].string == "succeeded")
            #expect(paid["action"].isNull)
            #expect(paid["receipt"]["transactionReference"].string == "1001")
            #expect(paid["receipt"]["amount"].int == 216_000)
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
            #expect(
                try await service.ledger(payment) == ["bill -216000", "provider:zalopay 216000"])
            let debts = try await service.call("GET", "\(payer.account)/debts")
            #expect(debts.json["total"].int == 0)
            #expect(try await service.pay(payer).problem == "409 bill_already_paid")
        }
    }

    @Test("the same callback again, and many at once, have one effect")
    func once() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            let answers = try await service.atOnce(12) { _ in
                try await service.zaloPayCalls(payment, transaction: 1_002)
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            let codes = answers.compactMap { $0.json["return_code"].int }
            #expect(codes.filter { $0 == 1 }.count == 1)
            #expect(codes.filter { $0 == 2 }.count == 11)
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
            #expect(
                try await service.ledger(payment) == ["bill -108000", "provider:zalopay 108000"])
        }
    }

    @Test("another amount is kept in suspense for staff and settles nothing")
    func wrongAmount() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            let answer = try await service.zaloPayCalls(
                payment, amount: 107_999, transaction: 1_003)
            #expect(answer.json["return_code"].int == 1, "recorded, so that it is not sent again")
            let now = try await service.payment(payment)
            #expect(now["state"].string == "pending_reconciliation")
            #expect(now["receipt"].isNull)
            #expect(try await service.balance(payer.code) == ["0", "108000", "0"])
            #expect(
                try await service.ledger(payment)
                    == ["provider:zalopay 107999", "suspense -107999"])
            let tasks = try await service.database.script(
                "select kind, amount, expected_amount from payment_tasks"
                    + " where transaction_reference = '1003'")
            #expect(tasks == [["wrong_amount", "107999", "108000"]])
            #expect(try await service.pay(payer).problem == "409 bill_payment_pending")
        }
    }

    @Test("money for no order of ours is kept, once, and staff are told")
    func unknownOrder() async throws {
        try await run { service, _ in
            for _ in 0..<2 {
                let body = TestPayments.zaloPayCallback(
                    "261125_2553_unknown", amount: 5_000, transaction: 1_004)
                let answer = try await service.callUnsigned(
                    "POST", "/v1/payment-callbacks/zalopay", body)
                #expect(answer.status == 200)
            }
            let rows = try await service.database.script(
                "select kind from payment_tasks where transaction_reference = '1004'")
            #expect(rows == [["unknown_order"]])
        }
    }

    @Test("a second payment of one order is kept apart, and does not pay twice")
    func paidAgain() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            _ = try await service.zaloPayCalls(payment, transaction: 1_005)
            _ = try await service.zaloPayCalls(payment, transaction: 1_006)
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
            #expect(
                try await service.ledger(payment)
                    == ["bill -108000", "provider:zalopay 216000", "suspense -108000"])
        }
    }

    @Test("money that comes after cancellation is kept and settled, or becomes credit")
    func late() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let first = try await service.pay(payer, by: "zalopay").json
            let id = try #require(first["paymentId"].string)
            let account = try #require(first["accountId"].string)
            let cancelled = try await service.call(
                "POST", "/v1/payments/\(id)/cancellation", #"{"accountId":"\#(account)"}"#)
            #expect(cancelled.json["state"].string == "failed")
            let second = try await service.pay(payer, by: "zalopay").json
            _ = try await service.zaloPayCalls(second, transaction: 1_007)
            _ = try await service.zaloPayCalls(first, transaction: 1_008)
            let late = try await service.payment(first)
            #expect(late["state"].string == "succeeded")
            #expect(late["credited"].int == 108_000)
            #expect(late["failureReason"].isNull)
            #expect(try await service.balance(payer.code) == ["108000", "0", "108000"])
            #expect(
                try await service.ledger(first)
                    == ["customer_credit -108000", "provider:zalopay 108000"])
        }
    }

    @Test("nothing unsigned, wrongly signed or for a provider without a secret is believed")
    func failsClosed() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            let reference = try #require(payment["orderReference"].string)
            let right = TestPayments.zaloPayCallback(
                reference, amount: 108_000, transaction: 1_009)
            let path = "/v1/payment-callbacks/zalopay"
            for body in [
                "{}", #"{"data":"{}","mac":""}"#,
                TestPayments.zaloPayCallback(
                    reference, amount: 108_000, transaction: 1_009, key: ""),
                TestPayments.zaloPayCallback(
                    reference, amount: 108_000, transaction: 1_009,
                    key: "PcY4iZIKFCIdgZvA6ueMcMHHUbRLYjPL"),
                right.replacing("108000", with: "108001"),
            ] {
                let answer = try await service.callUnsigned("POST", path, body)
                #expect(answer.problem == "401 unauthenticated")
            }
            let vietQR = try await service.callUnsigned(
                "POST", "/v1/payment-callbacks/vietqr", right)
            #expect(vietQR.problem == "401 unauthenticated")
            let unknown = try await service.callUnsigned(
                "POST", "/v1/payment-callbacks/paypal", right)
            #expect(unknown.problem == "404 not_found")
            #expect(try await service.balance(payer.code) == ["0", "108000", "0"])
        }
        try await TestService.run { service in
            let answer = try await service.callUnsigned(
                "POST", "/v1/payment-callbacks/zalopay",
                TestPayments.zaloPayCallback("x", amount: 1, transaction: 1_010, key: ""))
            #expect(answer.problem == "401 unauthenticated")
        }
    }

    @Test("the mini-app's callback settles by the reference in its extra data")
    func miniApp() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalo-checkout").json
            #expect(payment["action"]["kind"].string == "checkout")
            let reference = try #require(payment["orderReference"].string)
            let extra = "%7B%22reference%22%3A%22\(reference)%22%7D"
            let key = Array("CHECKOUT_PRIVATE_KEY_test".utf8)
            func code(_ text: String) -> String {
                let bytes = HMACSHA256.code(for: Array(text.utf8), key: key)
                return String(decoding: Hexadecimal.encode(bytes), as: UTF8.self)
            }
            let mac = code(
                "appId=1234567890&amount=108000&description=d&orderId=9_co&message=ok"
                    + "&resultCode=1&transId=2_t")
            let overall = code(
                "amount=108000&appId=1234567890&description=d&extradata=\(extra)&message=ok"
                    + "&orderId=9_co&resultCode=1&transId=2_t")
            let body =
                #"{"data":{"appId":"1234567890","orderId":"9_co","transId":"2_t","amount":108000,"#
                + #""description":"d","message":"ok","resultCode":1,"extradata":"\#(extra)"},"#
                + #""mac":"\#(mac)","overallMac":"\#(overall)"}"#
            for expected in [Int64(1), 2] {
                let answer = try await service.callUnsigned(
                    "POST", "/v1/payment-callbacks/zalo-checkout", body)
                #expect(answer.json["returnCode"].int == expected)
            }
            #expect(try await service.payment(payment)["state"].string == "succeeded")
        }
    }
}
