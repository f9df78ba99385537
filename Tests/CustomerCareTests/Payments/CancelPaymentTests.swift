import JSON
import Testing

@testable import CustomerCare

@Suite("cancelPayment")
struct CancelPaymentTests {
    @Test("a cancelled payment frees its bills, once and for all who ask again")
    func cancels() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer()
            let payment = try await service.pay(payer).json
            let id = try #require(payment["paymentId"].string)
            let body = #"{"accountId":"\#(payment["accountId"].string ?? "")"}"#
            let path = "/v1/payments/\(id)/cancellation"
            let answers = try await service.atOnce(4) { _ in
                try await service.call("POST", path, body) { $0.idempotencyKey = nil }
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(answers.allSatisfy { $0.json["failureReason"].string == "cancelled" })
            #expect(try await service.balance(payer.code) == ["0", "0", "0"])
            let events = try await service.database.script(
                "select from_state, to_state from payment_events where payment_id = '\(id)'"
                    + " order by step")
            #expect(events == [[nil, "requires_action"], ["requires_action", "failed"]])
            #expect(try await service.pay(payer).status == 201)
            #expect(try await service.call("POST", path, "{}").wrongFields == ["#/accountId"])
        }
    }

    @Test("a payment that has succeeded is not cancelled")
    func tooLate() async throws {
        try await FakeZaloPay.run { fake in
            let providers = try TestPayments.all(zaloPayPort: fake.port)
            try await TestService.run(paymentProviders: providers) { service in
                let payer = try await service.payer()
                let payment = try await service.pay(payer, by: "zalopay").json
                _ = try await service.zaloPayCalls(payment, transaction: 3_001)
                let id = try #require(payment["paymentId"].string)
                let answer = try await service.call(
                    "POST", "/v1/payments/\(id)/cancellation",
                    #"{"accountId":"\#(payment["accountId"].string ?? "")"}"#)
                #expect(answer.problem == "409 payment_not_cancellable")
            }
        }
    }
}
