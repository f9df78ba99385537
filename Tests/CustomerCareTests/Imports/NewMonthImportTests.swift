import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("import of a new month")
struct NewMonthImportTests {
    private static func begin(
        _ service: TestService, as importer: TestClient, month: String = "2026-11",
        asOf: String = "2026-11-25T02:00:00+07:00", messages: String = "none"
    ) async throws -> String {
        try await service.beginImport(
            as: importer, asOf: asOf, messages: messages, #","newMonth":"\#(month)""#)
    }

    private static func hold(
        _ service: TestService, _ lines: [TestLine], to path: String, as importer: TestClient
    ) async throws -> JSONValue {
        let text = lines.map { $0.text + "\n" }.joined()
        try #require(try await service.send(text, to: path, as: importer).status == 202)
        try await service.workOnImports()
        return try await service.call(as: importer, "GET", path).json
    }

    @Test("its bills become the partition of the month, and are owed, told and looked up as others")
    func attached() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let customer = try await service.add(try TestCustomer())
            let other = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let path = try await Self.begin(service, as: importer, messages: "send")
            let held = try await Self.hold(
                service, [TestLine(other.code), TestLine(customer.code)], to: path, as: importer)
            #expect(held["newMonth"].string == "2026-11")
            #expect(held["state"].string == "validated")
            #expect(held["difference"]["new"].int == 2)
            #expect(held["difference"]["total"].int == 432_000)
            #expect(held["difference"]["messages"].int == 1)
            // They wait outside of what is looked up.
            #expect(try await service.database.count("staged_bills", "true") == 0)
            #expect(try await service.database.count("arriving_bills", "true") == 2)
            #expect(try await service.database.count("bills", "true") == 0)
            let done = try await service.commit(path, as: importer)
            #expect(done["state"].string == "committed")
            #expect(try await service.database.count("arriving_bills", "true") == 0)
            #expect(try await service.database.count("bills_2026_11", "import_line = 2") == 1)
            let bill = try await service.call(
                "GET", "\(account)/customers/\(customer.code)/bills/2026-11"
            ).json["bill"]
            #expect(bill["remaining"].int == 216_000)
            #expect(bill["lines"][0]["amount"].int == 200_000)
            #expect(try await service.database.count("announcements", "true") == 2)
            try await Self.correct(other.code, service, as: importer)
        }
    }

    /// A month that came as a whole is like any other: its bills are corrected.
    private static func correct(
        _ code: CustomerCode, _ service: TestService, as importer: TestClient
    ) async throws {
        var line = TestLine(code)
        line.revision = 2
        line.status = "corrected"
        line.amount = 100_000
        let path = try await service.importing(
            [line], as: importer, asOf: "2026-11-25T03:00:00+07:00")
        #expect(try await service.commit(path, as: importer)["state"].string == "committed")
        #expect(
            try await service.database.count(
                "bill_balances", "customer_code = '\(code)' and billed = 108000") == 1)
        #expect(try await service.database.count("bills_2026_11", "true") == 3)
    }

    @Test("it can be taken back, and brought again")
    func takenBack() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            let path = try await Self.begin(service, as: importer)
            _ = try await Self.hold(service, [line], to: path, as: importer)
            _ = try await service.commit(path, as: importer)
            let answer = try await service.call(as: importer, "POST", path + "/rollback")
            #expect(answer.status == 202)
            try await service.workOnImports()
            let back = try await service.call(as: importer, "GET", path).json
            #expect(back["state"].string == "rolled_back")
            #expect(try await service.database.count("bill_balances", "true") == 0)
            let again = try await Self.begin(
                service, as: importer, asOf: "2026-11-25T03:00:00+07:00")
            _ = try await Self.hold(service, [line], to: again, as: importer)
            #expect(try await service.commit(again, as: importer)["state"].string == "committed")
            #expect(try await service.database.count("bills_2026_11", "true") == 1)
        }
    }

    @Test("another month, another revision, strangers and one bill twice are named by their lines")
    func faults() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let path = try await Self.begin(service, as: importer)
            var october = TestLine(code)
            october.month = "2026-10"
            var second = TestLine(code)
            second.revision = 2
            second.status = "corrected"
            var stranger = TestLine(code)
            stranger.code = "PB06019999999"
            let held = try await Self.hold(
                service, [october, TestLine(code), second, stranger, TestLine(code)], to: path,
                as: importer)
            #expect(held["state"].string == "invalid")
            #expect(held["faultCount"].int == 5)
            #expect(
                held.importFaults == [
                    "1 #/month not_allowed", "2 #/customerCode duplicate",
                    "3 #/revision not_allowed", "4 #/customerCode unknown_customer",
                    "5 #/customerCode duplicate",
                ])
            // Other content takes its place.
            let right = try await Self.hold(service, [TestLine(code)], to: path, as: importer)
            #expect(right["state"].string == "validated")
            #expect(right["faultCount"].int == 0)
            #expect(try await service.database.count("arriving_bills", "true") == 1)
        }
    }

    @Test("a month that has bills, is not kept or is of other data than bills is refused")
    func refused() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let first = try await service.importing([TestLine(code)], as: importer)
            _ = try await service.commit(first, as: importer)
            for (kind, month, fault) in [
                ("bills", "2026-11", "not_allowed"), ("bills", "1990-01", "not_allowed"),
                ("customers", "2026-12", "not_allowed"), ("bills", "2026-13", "wrong_format"),
            ] {
                let answer = try await service.call(
                    as: importer, "POST", "/v1/imports",
                    #"{"kind":"\#(kind)","source":"cmis","asOf":"2026-11-25T03:00:00+07:00","#
                        + #""messages":"none","newMonth":"\#(month)"}"#)
                #expect(answer.status == 422)
                #expect(answer.json["errors"][0]["pointer"].string == "#/newMonth")
                #expect(answer.json["errors"][0]["code"].string == fault)
            }
        }
    }

    @Test("a month that was taken out for the archive takes no bills, in either way")
    func archived() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            try await service.database.script(
                "alter table bills detach partition bills_2026_11")
            let answer = try await service.call(
                as: importer, "POST", "/v1/imports",
                #"{"kind":"bills","source":"cmis","asOf":"2026-11-25T03:00:00+07:00","#
                    + #""messages":"none","newMonth":"2026-11"}"#)
            #expect(answer.json["errors"][0]["pointer"].string == "#/newMonth")
            let path = try await service.importing([line], as: importer)
            let held = try await service.call(as: importer, "GET", path).json
            #expect(held.importFaults == ["1 #/month month_not_kept"])
        }
    }

    @Test("bills that come in between are not lost: the month is no longer new")
    func late() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let other = try await service.add(try TestCustomer()).code
            let path = try await Self.begin(service, as: importer)
            _ = try await Self.hold(service, [TestLine(code)], to: path, as: importer)
            let between = try await service.importing(
                [TestLine(other)], as: importer, asOf: "2026-11-25T03:00:00+07:00")
            _ = try await service.commit(between, as: importer)
            let refused = try await service.commit(path, as: importer)
            #expect(refused["state"].string == "validated")
            #expect(refused["fault"].string == "month_known")
            #expect(try await service.database.count("bills", "true") == 1)
            #expect(try await service.database.count("bill_balances", "true") == 1)
            // Held against what is known anew, it says so from the beginning.
            let later = try await Self.hold(
                service, [TestLine(code), TestLine(code)], to: path, as: importer)
            #expect(later["state"].string == "invalid")
            #expect(later.importFaults.contains("1 #/month month_known"))
        }
    }

    @Test("a second one beside it is staged as any import, and both are put into use")
    func two() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let november = try await Self.begin(service, as: importer)
            _ = try await Self.hold(service, [TestLine(code)], to: november, as: importer)
            let october = try await Self.begin(
                service, as: importer, month: "2026-10", asOf: "2026-11-25T03:00:00+07:00")
            var line = TestLine(code)
            line.month = "2026-10"
            let wrong = try await Self.hold(
                service, [TestLine(code)], to: october, as: importer)
            #expect(wrong.importFaults == ["1 #/month not_allowed"])
            let held = try await Self.hold(service, [line], to: october, as: importer)
            #expect(held["difference"]["new"].int == 1)
            #expect(try await service.database.count("staged_bills", "true") == 1)
            #expect(try await service.database.count("arriving_bills", "true") == 1)
            for path in [october, november] {
                #expect(try await service.commit(path, as: importer)["state"].string == "committed")
            }
            #expect(try await service.database.count("bills", "true") == 2)
            #expect(try await service.database.count("staged_bills", "true") == 0)
        }
    }

    @Test("means out of the ordinary wait for a second person, as in any import of bills")
    func anomalies() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var lines: [TestLine] = []
            for _ in 0..<ImportAnomaly.fewest {
                lines.append(TestLine(try await service.add(try TestCustomer()).code))
            }
            for index in lines.indices { lines[index].month = "2026-10" }
            _ = try await service.commit(
                try await service.importing(lines, as: importer), as: importer)
            for index in lines.indices {
                lines[index].month = "2026-11"
                lines[index].amount = 400_000
            }
            let path = try await Self.begin(
                service, as: importer, asOf: "2026-11-25T03:00:00+07:00")
            let held = try await Self.hold(service, lines, to: path, as: importer)
            #expect(held["needsApproval"] == .boolean(true))
            #expect(held["anomalies"][0]["code"].string == "mean_amount")
            #expect(held["anomalies"][0]["meanBefore"].int == 216_000)
            #expect(held["anomalies"][0]["mean"].int == 432_000)
        }
    }

    @Test("what nobody commits for seven days makes room, and is thrown away")
    func lapsed() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            let path = try await Self.begin(service, as: importer)
            _ = try await Self.hold(service, [line], to: path, as: importer)
            service.clock.advance(seconds: 7 * 86_400)
            try await service.database.script(
                "update imports set state = 'invalid', content_digest = null")
            try await service.workOnImports()
            #expect(try await service.database.count("arriving_bills", "true") == 0)
            let again = try await Self.hold(service, [line], to: path, as: importer)
            #expect(again["state"].string == "validated")
            #expect(try await service.database.count("arriving_bills", "true") == 1)
        }
    }
}
