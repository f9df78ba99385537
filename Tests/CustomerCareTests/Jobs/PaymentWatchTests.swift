import JSON
import Testing

@testable import CustomerCare

@Suite("The watch over payments")
struct PaymentWatchTests {
    private func run(_ body: (TestService, FakeZaloPay) async throws -> Void) async throws {
        try await FakeZaloPay.run { fake in
            let providers = try TestPayments.all(zaloPayPort: fake.port)
            // Of its own: the watch looks at every payment that is due.
            let database = try await TestDatabase.make()
            try await TestService.run(on: database, paymentProviders: providers) { service in
                try await body(service, fake)
            }
        }
    }

    @Test("a callback that never comes is fetched, and when it comes after all it has no effect")
    func fetched() async throws {
        try await run { service, fake in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            fake.pay(try #require(payment["orderReference"].string), transaction: 4_001)
            try await service.watchPayments()
            #expect(try await service.payment(payment)["state"].string == "requires_action")
            service.clock.advance(seconds: PaymentWatch.firstCheckSeconds)
            try await service.watchPayments()
            let paid = try await service.payment(payment)
            #expect(paid["state"].string == "succeeded")
            #expect(paid["receipt"]["transactionReference"].string == "4001")
            let call = try await service.zaloPayCalls(payment, transaction: 4_001)
            #expect(call.json["return_code"].int == 2)
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
        }
    }

    @Test("what nobody pays expires and frees its bills; money that comes later is still found")
    func expires() async throws {
        try await run { service, fake in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            service.clock.advance(seconds: CreatePayment.openSeconds - 1)
            try await service.watchPayments()
            #expect(try await service.payment(payment)["state"].string == "requires_action")
            service.clock.advance(seconds: PaymentWatch.checkSeconds)
            try await service.watchPayments()
            let expired = try await service.payment(payment)
            #expect(expired["state"].string == "expired")
            #expect(expired["action"].isNull)
            #expect(try await service.balance(payer.code) == ["0", "0", "0"])
            fake.pay(try #require(payment["orderReference"].string), transaction: 4_002)
            service.clock.advance(seconds: PaymentWatch.lateCheckSeconds)
            try await service.watchPayments()
            #expect(try await service.payment(payment)["state"].string == "succeeded")
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
        }
    }

    @Test("while the provider does not answer nothing expires, for an hour")
    func patience() async throws {
        try await run { service, fake in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            fake.set(.talkingNonsense)
            service.clock.advance(seconds: CreatePayment.openSeconds + 1)
            try await service.watchPayments()
            #expect(try await service.payment(payment)["state"].string == "requires_action")
            service.clock.advance(seconds: PaymentWatch.graceSeconds)
            try await service.watchPayments()
            #expect(try await service.payment(payment)["state"].string == "expired")
        }
    }

    @Test("a transfer that nobody can be asked about expires, and a day later rests")
    func transfer() async throws {
        try await run { service, _ in
            let payer = try await service.payer()
            let payment = try await service.pay(payer).json
            service.clock.advance(seconds: CreatePayment.transferSeconds)
            try await service.watchPayments()
            #expect(try await service.payment(payment)["state"].string == "expired")
            for _ in 0..<6 {
                service.clock.advance(seconds: PaymentWatch.lateCheckSeconds)
                try await service.watchPayments()
            }
            let rows = try await service.database.script(
                "select count(*) from payments where next_check_at is not null")
            #expect(rows == [["0"]])
        }
    }

    @Test("a bill paid elsewhere or corrected meanwhile takes what it owes, the rest is credit")
    func corrected() async throws {
        try await run { service, fake in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            try await service.database.script(
                "update bill_balances set revision = 2, billed = 100000, paid = 30000"
                    + " where customer_code = '\(payer.code)'")
            fake.pay(try #require(payment["orderReference"].string), transaction: 4_003)
            service.clock.advance(seconds: PaymentWatch.firstCheckSeconds)
            try await service.watchPayments()
            let paid = try await service.payment(payment)
            #expect(paid["state"].string == "succeeded")
            #expect(paid["credited"].int == 38_000)
            #expect(try await service.balance(payer.code) == ["100000", "0", "38000"])
            #expect(
                try await service.ledger(payment)
                    == ["bill -70000", "customer_credit -38000", "provider:zalopay 108000"])
        }
    }

    @Test("two watches at once settle once")
    func twice() async throws {
        try await run { service, fake in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "zalopay").json
            fake.pay(try #require(payment["orderReference"].string), transaction: 4_004)
            service.clock.advance(seconds: PaymentWatch.firstCheckSeconds)
            async let first: Void = service.watchPayments()
            async let second: Void = service.watchPayments()
            _ = try await (first, second)
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
            #expect(
                try await service.ledger(payment) == ["bill -108000", "provider:zalopay 108000"])
        }
    }
}
