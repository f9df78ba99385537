import Electricity
import JSON
import Postgres
import Testing

@testable import CustomerCare

@Suite("Settlement files and corrected bills")
struct SettlementImportTests {
    private static func file(_ lines: [String], total: Int64, rows: Int? = nil) -> String {
        let head =
            #"{"collector":"vietqr","from":"2026-11-25","through":"2026-11-25","#
            + #""rows":\#(rows ?? lines.count),"total":\#(total)}"#
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    private func load(
        _ text: String, _ service: TestService
    ) async throws -> SettlementImport.Report {
        let file = try SettlementFile(Array(text.utf8))
        let now = service.clock.now
        return try await TestLoop.run(connection: service.database.ownerURL) { database in
            let world = World(now: { now }, randomBytes: World.real.randomBytes)
            return try await SettlementImport(
                database: DatabaseAccess(database), world: world, ids: IDSource(world: world)
            ).run(file)
        }
    }

    private func correct(
        _ code: CustomerCode, revision: Int, to total: Int64, _ service: TestService
    ) async throws -> BillCorrection.Outcome {
        let month = try #require(BillingMonth("2026-10"))
        let correction = BillCorrection(
            code: code.text, month: month, periodNumber: 1, revision: revision,
            amountExcludingVAT: total, vat: 0)
        let now = service.clock.now
        return try await TestLoop.run(connection: service.database.ownerURL) { database in
            let ids = IDSource(world: .real)
            return try await DatabaseAccess<Problem>(database).transaction {
                (transaction: Transaction<Problem>) async throws(Problem) in
                try await correction.apply(
                    now: now, newId: { ids.next(at: now) }, in: transaction)
            }
        }
    }

    @Test("a bank statement settles transfers, parts and too much, and tells both differences")
    func imports() async throws {
        let database = try await TestDatabase.make()
        try await TestService.run(on: database, paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer()
            let payment = try await service.pay(payer).json
            let reference = try #require(payment["orderReference"].string)
            let partial = try await service.payer()
            let over = try await service.payer()
            let lines = [
                #"{"reference":"B1","amount":108000,"orderReference":"\#(reference)"}"#,
                #"{"reference":"B2","amount":8000,"customerCode":"\#(partial.code)","#
                    + #""month":"2026-10"}"#,
                #"{"reference":"B3","amount":110000,"customerCode":"\#(over.code)","#
                    + #""month":"2026-10"}"#,
                #"{"reference":"B4","amount":5,"customerCode":"PB06990000000","month":"2026-10"}"#,
                #"{"reference":"B5","amount":7,"orderReference":"EVN261125X"}"#,
            ]
            let text = Self.file(lines, total: 226_012)
            let report = try await load(text, service)
            #expect(report.settledCount == 3)
            #expect(report.unmatched == ["B4", "B5"])
            #expect(report.missing.isEmpty)
            #expect(try await service.payment(payment)["state"].string == "succeeded")
            #expect(try await service.balance(payer.code) == ["108000", "0", "0"])
            #expect(try await service.balance(partial.code) == ["8000", "0", "0"])
            #expect(try await service.balance(over.code) == ["108000", "0", "2000"])
            let debts = try await service.call("GET", "\(partial.account)/debts").json
            #expect(debts["customers"][0]["months"][0]["paymentStatus"].string == "partial")
            let rest = try await service.pay(partial).json
            #expect(rest["amount"].int == 100_000, "the rest can be paid online")

            let again = try await load(text, service)
            #expect(again.knownCount == 5 && again.settledCount == 0)
            let shorter = try await load(Self.file([lines[0]], total: 108_000), service)
            #expect(shorter.missing == ["B2", "B3", "B4", "B5"])
            let sum = try await service.database.script(
                "select coalesce(sum(amount), 0), count(*) from ledger_entries")
            #expect(sum.first?.first == "0")
        }
    }

    @Test("a file with a wrong line, a repeated reference or wrong totals books nothing")
    func refused() {
        let line = #"{"reference":"C1","amount":5,"orderReference":"x"}"#
        for text in [
            "", "{}", Self.file([line], total: 6), Self.file([line], total: 5, rows: 2),
            Self.file([line, line], total: 10), Self.file(["{"], total: 0),
            Self.file([#"{"reference":"C1","amount":0,"orderReference":"x"}"#], total: 0),
            Self.file([#"{"reference":"C1","amount":5}"#], total: 5),
            Self.file([#"{"reference":"C1","amount":5.0,"orderReference":"x"}"#], total: 5),
        ] {
            #expect(throws: SettlementFile.Fault.self, "\(text)") {
                try SettlementFile(Array(text.utf8))
            }
        }
    }

    @Test("a bill corrected below what was paid gives the rest as credit, once")
    func corrected() async throws {
        try await TestService.run(paymentProviders: try TestPayments.all()) { service in
            let payer = try await service.payer()
            let payment = try await service.pay(payer, by: "vnpay").json
            #expect(try await correct(payer.code, revision: 2, to: 100_000, service) == .corrected)
            _ = try await service.zaloPayCalls(payment, transaction: 6_000)
            #expect(try await service.balance(payer.code) == ["0", "108000", "0"], "not ZaloPay's")
            let row = try await service.database.script(
                "select revision, billed from bill_balances where customer_code = '\(payer.code)'")
            #expect(row == [["2", "100000"]])
            #expect(try await correct(payer.code, revision: 2, to: 1, service) == .known)
            #expect(try await correct(payer.code, revision: 4, to: 1, service) == .unknown)
        }
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer()
            try await service.database.script(
                "update bill_balances set paid = billed where customer_code = '\(payer.code)'")
            for _ in 0..<2 {
                _ = try await correct(payer.code, revision: 2, to: 90_000, service)
            }
            #expect(try await service.balance(payer.code) == ["90000", "0", "18000"])
            let rows = try await service.database.script(
                "select ledger_account, amount from ledger_entries where customer_code ="
                    + " '\(payer.code)' order by entry_number")
            #expect(rows == [["bill", "18000"], ["customer_credit", "-18000"]])
            let bill = try await service.call(
                "GET", "\(payer.account)/customers/\(payer.code)/bills/2026-10"
            ).json
            #expect(bill["bill"]["status"].string == "corrected")
            #expect(bill["bill"]["paymentStatus"].string == "paid")
        }
    }
}
