import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("rollBackImport")
struct RollBackImportTests {
    private static let balances = """
        select customer_code, revision, billed, paid from bill_balances order by customer_code
        """

    /// Asks for it and lets it be done.
    private func rollBack(
        _ path: String, _ service: TestService, _ importer: TestClient
    ) async throws -> JSONValue {
        let answer = try await service.call(as: importer, "POST", path + "/rollback")
        #expect(answer.status == 202)
        try await service.workOnImports()
        return try await service.call(as: importer, "GET", path).json
    }

    @Test("what it brought goes, what is owed follows what was there, and nobody is told")
    func rolledBack() async throws {
        try await FakeZalo.run { service, fake in
            let importer = try await service.newImporter()
            let account = try await service.correspondent("an")
            var codes: [CustomerCode] = []
            for _ in 0..<3 {
                let customer = try await service.add(try TestCustomer())
                try await service.follow(customer, as: account)
                codes.append(customer.code)
            }
            codes.sort()
            try await service.database.script("delete from outbox")
            let first = try await service.importing(
                codes.prefix(2).map { TestLine($0) }, as: importer)
            _ = try await service.commit(first, as: importer)
            let before = try await service.database.script(Self.balances)
            var corrected = TestLine(codes[0])
            corrected.revision = 2
            corrected.status = "corrected"
            corrected.amount = 900_000
            service.clock.advance(seconds: 60)
            let second = try await service.importing(
                [corrected, TestLine(codes[1]), TestLine(codes[2])], as: importer,
                asOf: "2026-11-25T03:00:00+07:00", messages: "send")
            _ = try await service.commit(second, as: importer)
            try await service.announce()
            #expect(try await service.database.count("outbox", "true") == 2)
            // What was staged is not needed for it.
            try await service.database.script("delete from staged_bills")
            service.clock.advance(seconds: 60)
            let done = try await rollBack(second, service, importer)
            #expect(done["state"].string == "rolled_back")
            #expect(done["fault"].isNull)
            #expect(try await service.database.script(Self.balances) == before)
            #expect(try await service.database.count("bills", "true") == 2)
            for _ in 0..<2 {
                try await service.announce()
                try await service.sendMessages()
            }
            #expect(fake.taken.isEmpty)
            let again = try await service.call(as: importer, "POST", second + "/rollback")
            #expect(again.status == 200)
            // The same data may come again, of the same instant.
            let third = try await service.importing(
                [corrected], as: importer, asOf: "2026-11-25T03:00:00+07:00")
            #expect(try await service.commit(third, as: importer)["state"].string == "committed")
        }
    }

    @Test("what is paid, followed by another import or a week old stays, and says why")
    func refused() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let other = try await service.add(try TestCustomer()).code
            let first = try await service.importing([TestLine(code)], as: importer)
            _ = try await service.commit(first, as: importer)
            try await service.database.script("update bill_balances set paid = 1")
            let paid = try await rollBack(first, service, importer)
            #expect(paid["state"].string == "committed")
            #expect(paid["fault"].string == "bills_paid")
            try await service.database.script("update bill_balances set paid = 0, pending = 5")
            #expect(try await rollBack(first, service, importer)["fault"].string == "bills_paid")
            try await service.database.script(
                "update bill_balances set pending = 0, revision = 2")
            #expect(
                try await rollBack(first, service, importer)["fault"].string == "newer_revision")
            service.clock.advance(seconds: 60)
            let second = try await service.importing(
                [TestLine(other)], as: importer, asOf: "2026-11-25T03:00:00+07:00")
            _ = try await service.commit(second, as: importer)
            #expect(
                try await rollBack(first, service, importer)["fault"].string == "newer_import")
            service.clock.advance(seconds: 700_000)
            #expect(try await rollBack(second, service, importer)["fault"].string == "too_late")
            #expect(try await service.database.count("bills", "true") == 2)
        }
    }

    @Test("what others overwrite, or is not in use, is not taken back")
    func wrongState() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            _ = try await service.add(try TestCustomer())
            let fresh = try await service.beginImport(as: importer) + "/rollback"
            #expect(
                try await service.call(as: importer, "POST", fresh).problem
                    == "409 transition_not_allowed")
            let days = try await service.hold(
                .readingSchedules,
                [
                    #"{"kind":"routeBook","value":"S","month":"2026-12","#
                        + #""readingOn":"2026-12-05"}"#
                ], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            _ = try await service.commit(days.path, as: importer)
            #expect(
                try await service.call(as: importer, "POST", days.path + "/rollback").problem
                    == "409 transition_not_allowed")
            let unknown = "/v1/imports/\(TestRequest.unknownId())/rollback"
            #expect(
                try await service.call(as: importer, "POST", unknown).problem == "404 not_found")
            #expect(try await service.call("POST", unknown).problem == "403 forbidden")
        }
    }

    @Test("the service's role can have nothing taken back that nobody has asked for")
    func bounds() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let path = try await service.importing([TestLine(code)], as: importer)
            _ = try await service.commit(path, as: importer)
            try await TestLoop.run(connection: service.database.serviceURL) { link in
                let rows = try await link.script(
                    """
                    select roll_back_bills(import_id) from imports
                    union all select roll_back_bills(gen_random_uuid())
                    """)
                #expect(rows == [["refused"], ["refused"]])
            }
            #expect(try await service.database.count("bills", "true") == 1)
        }
    }
}
