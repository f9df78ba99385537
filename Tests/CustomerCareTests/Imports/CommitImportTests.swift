import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("commitImport")
struct CommitImportTests {
    @Test("bills are there all at once, as they were sent, and owed")
    func committed() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let path = try await service.importing([TestLine(customer.code)], as: importer)
            let bill = "\(account)/customers/\(customer.code)/bills/2026-11"
            #expect(try await service.call("GET", bill).json["bill"].isNull)
            let done = try await service.commit(path, as: importer)
            #expect(done["state"].string == "committed")
            #expect(done["committedAt"].string == "2026-11-25T10:00:00+07:00")
            let found = try await service.call("GET", bill).json["bill"]
            #expect(found["total"].int == 216_000)
            #expect(found["remaining"].int == 216_000)
            #expect(found["vatRatePercent"].int == 8)
            #expect(found["readings"][0]["meterSerialNumber"].string == "1")
            #expect(found["lines"][0]["amount"].int == 200_000)
            let again = try await service.call(as: importer, "POST", path + "/commit")
            #expect(again.status == 200)
            let content = try await service.send("{}", to: path, as: importer)
            #expect(content.problem == "409 transition_not_allowed")
        }
    }

    @Test("the same data again change nothing, and the instant is taken once")
    func twice() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            _ = try await service.commit(
                try await service.importing([TestLine(code)], as: importer), as: importer)
            let same = try await service.importing([TestLine(code)], as: importer)
            let found = try await service.call(as: importer, "GET", same)
            #expect(found.json["difference"]["unchanged"].int == 1)
            #expect(found.json["difference"]["new"].int == 0)
            let refused = try await service.commit(same, as: importer)
            #expect(refused["state"].string == "validated")
            #expect(refused["fault"].string == "as_of_used")
            let later = try await service.importing(
                [TestLine(code)], as: importer, asOf: "2026-11-25T03:00:00+07:00")
            #expect(try await service.commit(later, as: importer)["state"].string == "committed")
            // The row was not written anew.
            #expect(
                try await service.database.count("bills", "as_of = '2026-11-25 02:00+07'") == 1)
            #expect(try await service.database.count("bills", "true") == 1)
        }
    }

    @Test("a bill corrected after it was paid gives the rest back as credit, in the books as well")
    func corrected() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var bill = TestBill("2026-11")
            bill.paid = bill.total
            var customer = try TestCustomer()
            customer.bills = [bill]
            let code = try await service.add(customer).code
            var second = TestLine(code)
            second.revision = 2
            second.status = "corrected"
            second.amount = 50_000
            var third = second
            third.revision = 3
            third.status = "cancelled"
            let path = try await service.importing([second, third], as: importer)
            let found = try await service.call(as: importer, "GET", path)
            #expect(found.json["difference"]["corrected"].int == 1)
            #expect(found.json["difference"]["cancelled"].int == 1)
            _ = try await service.commit(path, as: importer)
            let row = try await service.database.script(
                """
                select b.revision, b.billed, b.paid, c.credit,
                    (select sum(amount) from ledger_entries), (select count(*) from ledger_entries),
                    (select count(*) from bills)
                from bill_balances b join customers c using (customer_code)
                """)
            #expect(row[0] == ["3", "0", "0", "108000", "0", "2", "3"])
            // An older revision that nobody has seen comes too late.
            let late = try await service.importing(
                [TestLine(code)], as: importer, asOf: "2026-11-25T03:00:00+07:00")
            let conflict = try await service.call(as: importer, "GET", late)
            #expect(conflict.json["faults"][0]["code"].string == "revision_conflict")
        }
    }

    @Test("followers are told of what is new and what was corrected, once, if the import says so")
    func messages() async throws {
        try await FakeZalo.run { service, fake in
            let importer = try await service.newImporter()
            let account = try await service.correspondent("an")
            var codes: [CustomerCode] = []
            for _ in 0..<3 {
                let customer = try await service.add(try TestCustomer())
                try await service.follow(customer, as: account)
                codes.append(customer.code)
            }
            try await service.database.script("delete from outbox")
            let first = try await service.importing(
                codes.prefix(2).map { TestLine($0) }, as: importer, messages: "send")
            let found = try await service.call(as: importer, "GET", first)
            #expect(found.json["difference"]["messages"].int == 2)
            _ = try await service.commit(first, as: importer)
            for _ in 0..<2 {
                try await service.announce()
                try await service.sendMessages()
            }
            #expect(fake.taken.count == 2)
            #expect(fake.taken.allSatisfy { $0.text.contains("216.000 đồng") })
            var corrected = TestLine(codes[0])
            corrected.revision = 2
            corrected.status = "corrected"
            corrected.amount = 100_000
            let second = try await service.importing(
                [corrected, TestLine(codes[1]), TestLine(codes[2])], as: importer,
                asOf: "2026-11-25T03:00:00+07:00", messages: "send")
            _ = try await service.commit(second, as: importer)
            for _ in 0..<2 {
                try await service.announce()
                try await service.sendMessages()
            }
            #expect(fake.taken.count == 4)
            let news = fake.taken.suffix(2).map(\.text)
            #expect(news.contains { $0.contains("\(codes[0]) đã được điều chỉnh") })
            #expect(news.contains { $0.contains("của mã khách hàng \(codes[2]):") })
            // And nobody where it says none.
            let third = try await service.importing(
                [TestLine(codes[2])], as: importer, asOf: "2026-11-25T04:00:00+07:00")
            _ = try await service.commit(third, as: importer)
            try await service.announce()
            try await service.sendMessages()
            #expect(fake.taken.count == 4)
        }
    }

    @Test("what nobody commits for seven days lapses as a whole, and may be sent again")
    func lapsed() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let text = TestLine(try await service.add(try TestCustomer()).code).text + "\n"
            let path = try await service.beginImport(as: importer)
            #expect(try await service.send(text, to: path, as: importer).status == 202)
            try await service.workOnImports()
            let day: Int64 = 86_400
            service.clock.advance(seconds: 7 * day - 1)
            try await service.sweep()
            let kept = try await service.call(as: importer, "GET", path).json
            #expect(kept["state"].string == "validated")
            #expect(try await service.database.count("staged_bills", "true") == 1)
            // What has been committed is no longer anybody's to take away, however late it is.
            try await service.database.script("update imports set state = 'committing'")
            service.clock.advance(seconds: 1)
            try await service.sweep()
            #expect(try await service.database.count("staged_bills", "true") == 1)
            try await service.database.script("update imports set state = 'validated'")
            try await service.sweep()
            try await service.workOnImports()
            let gone = try await service.call(as: importer, "GET", path).json
            #expect(gone["state"].string == "invalid")
            #expect(gone["fault"].string == "lapsed")
            #expect(try await service.database.count("staged_bills", "true") == 0)
            let late = try await service.call(as: importer, "POST", path + "/commit")
            #expect(late.problem == "409 transition_not_allowed")
            #expect(try await service.send(text, to: path, as: importer).status == 202)
            try await service.workOnImports()
            #expect(try await service.commit(path, as: importer)["state"].string == "committed")
            #expect(try await service.database.count("bills", "true") == 1)
        }
    }

    @Test("two at once are put into use one after the other, and what was staged goes")
    func serialised() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var paths: [String] = []
            for hour in 1...3 {
                let code = try await service.add(try TestCustomer()).code
                paths.append(
                    try await service.importing(
                        [TestLine(code)], as: importer, asOf: "2026-11-25T0\(hour):00:00+07:00"))
            }
            for path in paths {
                #expect(
                    try await service.call(as: importer, "POST", path + "/commit").status == 202)
            }
            try await TestService.run(on: service.database) { second in
                async let one: Void = service.workOnImports()
                async let two: Void = second.workOnImports()
                _ = try await (one, two)
            }
            try await service.workOnImports()
            #expect(try await service.database.count("imports", "state = 'committed'") == 3)
            #expect(try await service.database.count("bills", "true") == 3)
            try await service.sweep()
            #expect(try await service.database.count("staged_bills", "true") == 0)
        }
    }

    @Test("nobody without the scope commits, and what is not there is not found")
    func refused() async throws {
        try await TestService.run { service in
            let importer = try await service.newImporter()
            let path = try await service.beginImport(as: importer) + "/commit"
            #expect(try await service.call("POST", path).problem == "403 forbidden")
            #expect(
                try await service.call(as: importer, "POST", path).problem
                    == "409 transition_not_allowed")
            let unknown = "/v1/imports/\(TestRequest.unknownId())/commit"
            #expect(
                try await service.call(as: importer, "POST", unknown).problem == "404 not_found")
        }
    }
}
