import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("listPaymentTasks")
struct ListPaymentTasksTests {
    @Test("what is not resolved is listed the oldest first, page by page")
    func listed() async throws {
        try await TestService.withWrongAmount(
            transaction: 2_101, on: try await TestDatabase.make()
        ) { service, found in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            service.clock.advance(seconds: 1)
            _ = try await service.callUnsigned(
                "POST", "/v1/payment-callbacks/zalopay",
                TestPayments.zaloPayCallback(
                    "261125_2553_unknown", amount: 5_000, transaction: 2_102))
            let path = "/v1/staff/payment-tasks"
            let page = try await service.call(as: first, "GET", path + "?limit=1")
            #expect(page.json["items"].items.map { $0["paymentTaskId"].string } == [found.task])
            #expect(page.json["items"][0]["expectedAmount"].int == 108_000)
            #expect(page.json["items"][0]["resolution"].isNull)
            let cursor = try #require(page.json["next"].string)
            let rest = try await service.call(as: first, "GET", path + "?cursor=\(cursor)")
            #expect(rest.json["items"].items.map { $0["kind"].string } == ["unknown_order"])
            let body = #"{"kind":"returned","note":"Trả lại"}"#
            _ = try await service.call(as: first, "POST", found.path, body)
            let proposed = try await service.call(as: first, "GET", path)
            #expect(proposed.json["items"][0]["resolution"]["kind"].string == "returned")
            _ = try await service.call(as: second, "POST", found.path, body)
            let left = try await service.call(as: first, "GET", path)
            #expect(left.json["items"].items.map { $0["kind"].string } == ["unknown_order"])
            let wrong = try await service.call(as: first, "GET", path + "?cursor=x")
            #expect(wrong.wrongFields == ["cursor"])
        }
    }
}

extension TestService {
    /// A payment for which another amount has come, and what staff have to do about it.
    struct WrongAmount: Sendable {
        let payer: (account: String, code: CustomerCode)
        let payment: JSONValue
        let task: String
        var path: String { "/v1/staff/payment-tasks/\(task)/resolution" }
    }

    /// Runs a test with a payment of 108,000 for which 107,999 have come.
    static func withWrongAmount(
        transaction: Int64, on database: TestDatabase? = nil,
        _ body: (TestService, WrongAmount) async throws -> Void
    ) async throws {
        try await withWrongAmount(transaction: transaction, on: database) {
            service, found, _ in try await body(service, found)
        }
    }

    /// The same, with the provider at hand.
    static func withWrongAmount(
        transaction: Int64, on database: TestDatabase? = nil,
        _ body: (TestService, WrongAmount, FakeZaloPay) async throws -> Void
    ) async throws {
        try await FakeZaloPay.run { fake in
            let providers = try TestPayments.all(zaloPayPort: fake.port)
            try await TestService.run(on: database, paymentProviders: providers) { service in
                let payer = try await service.payer()
                let payment = try await service.pay(payer, by: "zalopay").json
                _ = try await service.zaloPayCalls(
                    payment, amount: 107_999, transaction: transaction)
                let rows = try await service.database.script(
                    "select payment_task_id from payment_tasks "
                        + "where transaction_reference = '\(transaction)'")
                let found = WrongAmount(
                    payer: payer, payment: payment, task: try #require(rows.first?[0]))
                try await body(service, found, fake)
            }
        }
    }

    /// What the resolution of a task has booked, by ledger account.
    func resolutionEntries(_ task: String) async throws -> [String] {
        let rows = try await database.script(
            """
            select e.ledger_account || ' ' || e.amount from ledger_entries e
            join payment_task_resolutions r on r.ledger_transaction_id = e.ledger_transaction_id
            where r.payment_task_id = '\(task)' order by e.ledger_account
            """)
        return rows.compactMap { $0[0] }
    }
}
