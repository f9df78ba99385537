import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("createPayment")
struct CreatePaymentTests {
    @Test("a payment over bills of two codes fixes what is owed and is shown as pending")
    func works() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer(["2026-09", "2026-10"])
            var second = try TestCustomer()
            second.bills = [TestBill("2026-10")]
            second.bills[0].paid = 8_000
            try await service.add(second)
            try await service.follow(second, as: payer.account)
            let answer = try await service.call(
                "POST", "/v1/payments",
                TestPayments.body(
                    payer.account,
                    [(second.code, "2026-10"), (payer.code, "2026-10"), (payer.code, "2026-09")]))
            #expect(answer.status == 201, "\(answer.text)")
            let payment = answer.json
            #expect(payment["state"].string == "requires_action")
            #expect(payment["amount"].int == 316_000)
            #expect(payment["bills"].items.map { $0["amount"].int } == [108_000, 108_000, 100_000])
            #expect(payment["bills"][0]["month"].string == "2026-09")
            #expect(payment["action"]["kind"].string == "scan")
            let text = try #require(payment["action"]["text"].string)
            let reference = try #require(payment["orderReference"].string)
            #expect(text.contains("5406316000") && text.contains("0825\(reference)"))
            #expect(payment["expiresAt"].string == "2026-11-27T10:00:00+07:00")
            #expect(
                answer.headers["location"]
                    == "/v1/payments/\(payment["paymentId"].string ?? "")?account="
                    + "\(payment["accountId"].string ?? "")")
            #expect(try await service.balance(payer.code) == ["0", "108000", "0"])
            let debts = try await service.call("GET", "\(payer.account)/debts").json
            #expect(debts["total"].int == 316_000, "announced is not paid")
            let statuses = debts["customers"].items.flatMap { customer in
                customer["months"].items.map { $0["paymentStatus"].string }
            }
            #expect(statuses == Array(repeating: "payment_pending", count: 3))
        }
    }

    @Test("the same key makes one payment, however often and how many at once")
    func idempotent() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer()
            let body = TestPayments.body(payer.account, [(payer.code, "2026-10")])
            let answers = try await service.atOnce(8) { _ in
                try await service.call("POST", "/v1/payments", body) {
                    $0.idempotencyKey = "one-payment"
                }
            }
            let created = answers.filter { $0.status == 201 }
            #expect(!created.isEmpty)
            #expect(Set(created.map(\.text)).count == 1)
            #expect(
                answers.filter { $0.status != 201 }.allSatisfy { $0.code == "request_in_progress" })
            let again = try await service.call("POST", "/v1/payments", body) {
                $0.idempotencyKey = "one-payment"
            }
            #expect(again.text == created.first?.text)
            let other = try await service.call("POST", "/v1/payments", body) {
                $0.idempotencyKey = "another-payment"
            }
            #expect(other.problem == "409 bill_payment_pending")
            #expect(try await service.balance(payer.code) == ["0", "108000", "0"])
        }
    }

    @Test("of many payments for one bill at once exactly one is made")
    func oneClaim() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer(["2026-09", "2026-10"])
            let answers = try await service.atOnce(10) { number in
                try await service.pay(
                    payer, number % 2 == 0 ? ["2026-10"] : ["2026-09", "2026-10"])
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            let others = answers.filter { $0.status != 201 }.map(\.problem)
            #expect(Set(others) == ["409 bill_payment_pending"])
            #expect(try await service.balance(payer.code)[1] == "108000")
        }
    }

    @Test("payments at once share their commits, and one that is refused spoils nothing")
    func atOnce() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            var payers: [(account: String, code: CustomerCode)] = []
            for _ in 0..<16 { payers.append(try await service.payer()) }
            try #require(try await service.pay(payers[5]).status == 201)
            let all = payers
            let answers = try await service.atOnce(16) { try await service.pay(all[$0]) }
            #expect(answers.filter { $0.status == 201 }.count == 15)
            #expect(
                answers.filter { $0.status != 201 }.map(\.problem)
                    == ["409 bill_payment_pending"])
            let codes = payers.map { "'\($0.code)'" }.joined(separator: ", ")
            let rows = try await service.database.script(
                "select count(*), count(distinct xmin::text) < 16, sum(amount) "
                    + "from payment_allocations where customer_code in (\(codes)) and is_live")
            #expect(rows == [["16", "t", "\(16 * 108_000)"]])
        }
    }

    @Test("what is paid, foreign, unknown, double or malformed is refused, all or nothing")
    func refused() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-09"), TestBill("2026-10")]
            customer.bills[0].paid = customer.bills[0].total
            let path = try await service.followed(customer)
            let account = path.split(separator: "/").prefix(3).map { "/" + $0 }.joined()
            let payer = (account: account, code: customer.code)
            #expect(
                try await service.pay(payer, ["2026-09", "2026-10"]).problem
                    == "409 bill_already_paid")
            #expect(try await service.pay(payer, ["2026-08"]).problem == "404 not_found")
            let stranger = try await service.payer()
            let foreign = TestPayments.body(
                account, [(customer.code, "2026-10"), (stranger.code, "2026-10")])
            #expect(
                try await service.call("POST", "/v1/payments", foreign).problem
                    == "404 not_found")
            #expect(
                try await service.balance(customer.code) == ["0", "0", "0"], "nothing is claimed")
            #expect(
                try await service.pay(payer, by: "zalopay").wrongFields == ["#/provider"],
                "not configured")
            let id = try #require(account.split(separator: "/").last)
            for (body, fields) in [
                (#"{}"#, ["#/accountId", "#/provider", "#/bills"]),
                (
                    #"{"accountId":"\#(id)","provider":"cash","bills":[]}"#,
                    ["#/provider", "#/bills"]
                ),
                (
                    #"{"accountId":"\#(id)","provider":"vietqr","bills":[{"customerCode":"PA","#
                        + #""month":"2026-13","periodNumber":4}],"returnUrl":"http://a"}"#,
                    [
                        "#/returnUrl", "#/bills/0/periodNumber", "#/bills/0/customerCode",
                        "#/bills/0/month",
                    ]
                ),
            ] {
                let answer = try await service.call("POST", "/v1/payments", body)
                #expect(answer.status == 422)
                #expect(Set(answer.wrongFields) == Set(fields), "\(answer.wrongFields)")
            }
        }
    }

    @Test("ZaloPay's order is asked for after the payment stands, and its address is handed on")
    func zaloPay() async throws {
        try await FakeZaloPay.run { fake in
            let providers = try TestPayments.all(zaloPayPort: fake.port)
            try await TestService.run(paymentProviders: providers) { service in
                let payer = try await service.payer()
                let answer = try await service.pay(payer, by: "zalopay")
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer.json["action"]["kind"].string == "redirect")
                #expect(answer.json["action"]["token"].string == "TOKEN")
                #expect(answer.json["expiresAt"].string == "2026-11-25T10:15:00+07:00")
                #expect(fake.orders == [answer.json["orderReference"].string])
                fake.set(.refusing)
                let refused = try await service.payer()
                let failed = try await service.pay(refused, by: "zalopay")
                #expect(failed.json["state"].string == "failed")
                #expect(failed.json["failureReason"].string == "provider_refused")
                #expect(try await service.balance(refused.code) == ["0", "0", "0"])
            }
        }
    }

    @Test("a provider that fails leaves a payment that a repetition completes with a new order")
    func healed() async throws {
        try await FakeZaloPay.run { fake in
            let providers = try TestPayments.all(zaloPayPort: fake.port)
            try await TestService.run(paymentProviders: providers) { service in
                let payer = try await service.payer()
                let body = TestPayments.body(
                    payer.account, [(payer.code, "2026-10")], by: "zalopay")
                func repeated() async throws -> TestAnswer {
                    try await service.call("POST", "/v1/payments", body) {
                        $0.idempotencyKey = "healed"
                    }
                }
                fake.set(.failing)
                let first = try await repeated()
                #expect(first.status == 202)
                #expect(first.json["action"].isNull)
                #expect(try await repeated().problem == "409 request_in_progress")
                service.clock.advance(seconds: 20)
                fake.set(.talkingNonsense)
                #expect(try await repeated().status == 202)
                service.clock.advance(seconds: 20)
                fake.set(.willing)
                let last = try await repeated()
                #expect(last.status == 201)
                #expect(last.json["paymentId"] == first.json["paymentId"])
                #expect(last.json["orderReference"] != first.json["orderReference"])
                #expect(try await repeated().text == last.text)
                #expect(fake.requests.count == 3)
                // Money for the order that nobody has heard of is the payment's all the same.
                let settled = try await service.zaloPayCalls(first.json, transaction: 77_001)
                #expect(settled.json["return_code"].int == 1)
                #expect(try await service.payment(first.json)["state"].string == "succeeded")
            }
        }
    }
}
