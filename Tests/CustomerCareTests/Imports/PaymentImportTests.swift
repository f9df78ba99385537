import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Imports of payments")
struct PaymentImportTests {
    private static func line(
        _ code: CustomerCode, _ reference: String, _ amount: Int64, month: String = "2026-11",
        _ more: String = ""
    ) -> String {
        #"{"customerCode":"\#(code)","month":"\#(month)","reference":"\#(reference)","#
            + #""amount":\#(amount)\#(more)}"#
    }

    @Test("bills are paid in part, in full and beyond, and each reference counts once")
    func paid() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10"), TestBill("2026-11")]
            let code = try await service.add(customer).code
            try await service.database.script(
                """
                insert into bill_balances values
                    ('\(code)', '2026-11-01', 1, 'reactive', 1, 108000, 0, 0, '2026-11-21')
                """)
            let lines = [
                Self.line(code, "a", 8_000), Self.line(code, "b", 60_000),
                Self.line(code, "c", 50_000), Self.line(code, "d", 100_000, month: "2026-10"),
                Self.line(code, "e", 108_000, #","billKind":"reactive""#),
            ]
            let first = try await service.hold(
                .payments, lines, as: importer, asOf: "2026-11-25T01:00:00+07:00", by: "vnpost")
            #expect(first.json.importCounts == [5, 0, 0, 0])
            #expect(first.json["difference"]["total"].int == 326_000)
            _ = try await service.commit(first.path, as: importer)
            let balances = """
                select month, kind, billed, paid from bill_balances order by month, kind
                """
            let settled = [
                ["2026-10-01", "active", "108000", "100000"],
                ["2026-11-01", "active", "108000", "108000"],
                ["2026-11-01", "reactive", "108000", "108000"],
            ]
            #expect(try await service.database.script(balances) == settled)
            // Again, with one more.
            let second = try await service.hold(
                .payments, lines + [Self.line(code, "f", 10_000, month: "2026-10")], as: importer,
                asOf: "2026-11-25T02:00:00+07:00", by: "vnpost")
            #expect(second.json.importCounts == [1, 0, 0, 5])
            _ = try await service.commit(second.path, as: importer)
            #expect(try await service.database.script(balances)[0][3] == "108000")
            let books = try await service.database.script(
                """
                select ledger_account, coalesce(bill_kind, ''), sum(amount), count(*)
                from ledger_entries group by 1, 2 order by 1, 2
                """)
            #expect(
                books == [
                    ["bill", "", "-216000", "5"], ["bill", "reactive", "-108000", "1"],
                    ["customer_credit", "", "-12000", "2"],
                    ["provider:vnpost", "", "336000", "6"],
                ])
            #expect(
                try await service.database.script("select credit from customers") == [["12000"]])
            #expect(
                try await service.database.script(
                    """
                    select count(*) from (
                        select from ledger_entries group by ledger_transaction_id
                        having sum(amount) <> 0) x
                    """) == [["0"]])
            // Another collector has its own references.
            let other = try await service.hold(
                .payments, [Self.line(code, "a", 5)], as: importer,
                asOf: "2026-11-25T03:00:00+07:00", by: "payoo")
            #expect(other.json.importCounts == [1, 0, 0, 0])
        }
    }

    @Test("what fits no bill, comes twice or says another amount is named")
    func wrong() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-11")]
            let code = try await service.add(customer).code
            let first = try await service.hold(
                .payments, [Self.line(code, "a", 8_000)], as: importer,
                asOf: "2026-11-25T01:00:00+07:00")
            _ = try await service.commit(first.path, as: importer)
            let found = try await service.hold(
                .payments,
                [
                    Self.line(code, "a", 9_000), Self.line(code, "b", 1, month: "2026-01"),
                    Self.line(code, "c", 1), Self.line(code, "c", 1), Self.line(code, "d", 0),
                    Self.line(code, "e", 1, #","billKind":"x","periodNumber":0"#),
                    Self.line(code, "e e", 1, month: "2026-1"), "{}",
                ], as: importer, asOf: "2026-11-25T02:00:00+07:00")
            #expect(
                Set(found.json.importFaults) == [
                    "1 #/amount reference_conflict", "2 #/month unknown_bill",
                    "3 #/reference duplicate", "4 #/reference duplicate",
                    "5 #/amount out_of_range", "6 #/billKind not_allowed",
                    "6 #/periodNumber out_of_range", "7 #/reference wrong_format",
                    "7 #/month too_short", "8 #/customerCode missing", "8 #/month missing",
                    "8 #/reference missing", "8 #/amount missing",
                ])
        }
    }
}

@Suite("Imports of bills for reactive power")
struct ReactiveBillImportTests {
    private static func line(_ code: CustomerCode, _ others: [String: String] = [:]) -> String {
        var members = [
            "customerCode": "\"\(code)\"", "month": "\"2026-11\"", "status": "\"issued\"",
            "invoiceId": "\"77001122\"", "periodStart": "\"2026-10-06\"",
            "periodEnd": "\"2026-11-05\"", "consumptionKWh": "1000",
            "reactiveEnergyKvarh": "700", "powerFactor": "0.8192", "coefficientPercent": "9.89",
            "baseAmount": "2000000", "amountExcludingVAT": "197800", "vatRatePercent": "8",
            "vat": "15824", "total": "213624", "issuedOn": "\"2026-11-07\"",
            "dueOn": "\"2026-11-14\"",
            "readings": #"[{"meterSerialNumber":"V1","openingReading":0,"closingReading":700,"#
                + #""multiplier":1,"reactiveEnergyKvarh":700,"isEstimated":false}]"#,
        ]
        members.merge(others) { $1 }
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    @Test("they stand beside the bills for active energy, and are told as they came")
    func shown() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var customer = try TestCustomer()
            customer.usagePurpose = .nonResidential
            customer.contractedCapacityKW = 80
            customer.bills = [TestBill("2026-11")]
            let path = try await service.followed(customer)
            let (place, found) = try await service.hold(
                .reactiveBills, [Self.line(customer.code)], as: importer,
                asOf: "2026-11-25T01:00:00+07:00")
            #expect(found.importFaults == [])
            #expect(found.importCounts == [1, 0, 0, 0])
            #expect(found["difference"]["messages"].int == 0)
            _ = try await service.commit(place, as: importer)
            let bill = try await service.call("GET", "\(path)/reactive-bills/2026-11").json["bill"]
            #expect(bill["reactiveEnergyKvarh"].int == 700)
            #expect(bill["powerFactor"] == .real(0.8192))
            #expect(bill["coefficientPercent"] == .real(9.89))
            #expect(bill["total"].int == 213_624)
            #expect(bill["readings"][0]["meterSerialNumber"].string == "V1")
            #expect(try await service.database.count("bill_balances", "true") == 2)
        }
    }

    @Test("what is wrong in a line is named")
    func wrong() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let found = try await service.hold(
                .reactiveBills,
                [
                    Self.line(code, ["powerFactor": "1.2", "coefficientPercent": "null"]),
                    Self.line(code, ["baseAmount": "null", "reactiveEnergyKvarh": "1.5"]),
                    Self.line(code, ["total": "1"]),
                    Self.line(code, ["powerFactor": "null", "readings": "[{}]"]),
                ], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            #expect(
                Set(found.json.importFaults) == [
                    "1 #/powerFactor out_of_range", "1 #/coefficientPercent missing",
                    "2 #/reactiveEnergyKvarh not_an_integer", "2 #/baseAmount missing",
                    "3 #/total not_allowed", "4 #/readings/0/meterSerialNumber missing",
                    "4 #/readings/0/openingReading missing",
                    "4 #/readings/0/closingReading missing", "4 #/readings/0/multiplier missing",
                    "4 #/readings/0/reactiveEnergyKvarh missing",
                    "4 #/readings/0/isEstimated missing",
                ])
        }
    }
}
