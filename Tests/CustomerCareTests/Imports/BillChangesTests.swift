import Electricity
import JSON
import Postgres
import Testing

@testable import CustomerCare

/// What an import of bills changes is found once, and is right whatever happens in between.
@Suite("changes of an import of bills")
struct BillChangesTests {
    private static let later = "2026-11-25T03:00:00+07:00"

    /// A second revision of a line.
    private static func corrected(_ line: TestLine, amount: Int64 = 300_000) -> TestLine {
        var line = line
        line.revision = 2
        line.status = "corrected"
        line.amount = amount
        return line
    }

    @Test("what another import has brought since is passed over, and the rest comes in")
    func overtaken() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var lines: [TestLine] = []
            for _ in 0..<3 {
                lines.append(TestLine(try await service.add(try TestCustomer()).code))
            }
            let slow = try await service.importing(lines, as: importer)
            let quick = try await service.importing(
                [lines[0], Self.corrected(lines[1])], as: importer, asOf: Self.later)
            #expect(try await service.commit(quick, as: importer)["state"].string == "committed")
            let done = try await service.commit(slow, as: importer)
            #expect(done["state"].string == "committed")
            #expect(try await service.database.count("bills", "true") == 3)
            #expect(try await service.database.count("bill_balances", "true") == 3)
            #expect(try await service.database.count("bill_balances", "revision = 2") == 1)
        }
    }

    @Test("what was there and is taken back since comes in after all")
    func takenBack() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            let first = try await service.importing([line], as: importer)
            _ = try await service.commit(first, as: importer)
            let second = try await service.importing([line], as: importer, asOf: Self.later)
            let held = try await service.call(as: importer, "GET", second).json
            #expect(held["difference"]["unchanged"].int == 1)
            #expect(
                try await service.call(as: importer, "POST", first + "/rollback").status == 202)
            try await service.workOnImports()
            #expect(try await service.database.count("bills", "true") == 0)
            #expect(try await service.commit(second, as: importer)["state"].string == "committed")
            #expect(try await service.database.count("bills", "true") == 1)
            #expect(try await service.database.count("bill_balances", "billed = 216000") == 1)
        }
    }

    @Test("one in many that says something else, or comes twice, is found in any order of lines")
    func conflicts() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var lines: [TestLine] = []
            for _ in 0..<20 {
                lines.append(TestLine(try await service.add(try TestCustomer()).code))
            }
            lines.sort { $0.code < $1.code }
            let first = try await service.importing(lines, as: importer)
            _ = try await service.commit(first, as: importer)
            let newest = try await service.importing(
                [Self.corrected(lines[5])], as: importer, asOf: Self.later)
            _ = try await service.commit(newest, as: importer)
            let last = "2026-11-25T04:00:00+07:00"
            // The first revision of a bill that has a second one is still what it was.
            let same = try await service.importing(lines, as: importer, asOf: last)
            let held = try await service.call(as: importer, "GET", same).json
            #expect(held["difference"]["unchanged"].int == 20)
            #expect(held["difference"]["total"].int == 4_320_000)
            // Other readings alone make another bill.
            var other = lines
            other[3].others["readings"] = "[]"
            let told = try await service.importing(other, as: importer, asOf: last)
            #expect(
                try await service.call(as: importer, "GET", told).json.importFaults == [
                    "4 #/revision revision_conflict"
                ])
            for reversed in [false, true] {
                let many = lines + [Self.corrected(lines[7]), Self.corrected(lines[7])]
                let twice = try await service.importing(
                    reversed ? many.reversed() : many, as: importer, asOf: last)
                #expect(
                    try await service.call(as: importer, "GET", twice).json.importFaults
                        == (reversed ? [1, 2] : [21, 22]).map { "\($0) #/customerCode duplicate" })
            }
        }
    }

    @Test("of several revisions of a bill all are kept, and the newest is owed, in any order")
    func revisions() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var lines: [TestLine] = []
            for _ in 0..<4 {
                lines.append(TestLine(try await service.add(try TestCustomer()).code))
            }
            lines.sort { $0.code < $1.code }
            let first = try await service.importing(lines, as: importer)
            _ = try await service.commit(first, as: importer)
            func revision(_ number: Int, of line: Int) -> TestLine {
                var next = Self.corrected(lines[line], amount: 100_000 * Int64(number + line))
                next.revision = number
                return next
            }
            // Each line changes a bill of its own, then some do, then a bill comes more than once.
            let imports = [
                (0..<4).map { revision(2, of: $0) },
                [revision(3, of: 0), revision(2, of: 1), revision(3, of: 2), revision(2, of: 3)],
                [revision(4, of: 0), revision(5, of: 0), revision(3, of: 1)],
                [revision(5, of: 2), revision(4, of: 2), revision(4, of: 1)],
            ]
            let owed = [
                ["2 216000", "2 324000", "2 432000", "2 540000"],
                ["3 324000", "2 324000", "3 540000", "2 540000"],
                ["5 540000", "3 432000", "3 540000", "2 540000"],
                ["5 540000", "4 540000", "5 756000", "2 540000"],
            ]
            for (number, (lines, owed)) in zip(imports, owed).enumerated() {
                let path = try await service.importing(
                    lines, as: importer, asOf: "2026-11-25T0\(number + 3):00:00+07:00")
                #expect(
                    try await service.commit(path, as: importer)["state"].string == "committed")
                let found = try await service.database.script(
                    """
                    select revision || ' ' || billed from bill_balances order by customer_code
                    """)
                #expect(found == owed.map { [$0] }, "import \(number)")
            }
            #expect(try await service.database.count("bills", "true") == 4 + 4 + 2 + 3 + 3)
            // Only the newest revisions are in the import: the older ones are not looked at.
            var other = revision(4, of: 2)
            other.others["readings"] = "[]"
            let told = try await service.importing(
                [revision(5, of: 0), other], as: importer, asOf: "2026-11-25T08:00:00+07:00")
            #expect(
                try await service.call(as: importer, "GET", told).json.importFaults == [
                    "2 #/revision revision_conflict"
                ])
        }
    }

    @Test("what waits is emptied at once, but not while another import needs it or is arriving")
    func cleared() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let database = service.database
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            let other = TestLine(try await service.add(try TestCustomer()).code)
            let first = try await service.importing([line], as: importer)
            let second = try await service.importing([other], as: importer, asOf: Self.later)
            #expect(try await database.count("staged_bills", "true") == 2)
            #expect(try await database.count("staged_bill_changes", "true") == 2)
            _ = try await service.commit(first, as: importer)
            // The second one is still to be put into use.
            #expect(
                try await database.count("staged_bills", "customer_code = '\(other.code)'") == 1)
            #expect(try await database.count("staged_bills", "true") == 1)
            #expect(try await database.count("staged_bill_changes", "true") == 1)
            let file = "select pg_relation_filenode('staged_bills')"
            let before = try await database.script(file)
            try await TestLoop.run(connection: database.serviceURL) { other in
                // As whoever is just sending bills does.
                let sender = try await other.openBulkLink()
                defer { sender.close() }
                try await sender.execute(script: "begin; delete from staged_bills where false")
                _ = try await service.commit(second, as: importer)
                try await sender.execute(script: "rollback")
            }
            #expect(try await database.count("staged_bills", "true") == 0)
            #expect(try await database.script(file) == before, "rows were deleted")
            let third = try await service.importing(
                [line], as: importer, asOf: "2026-11-25T04:00:00+07:00")
            _ = try await service.commit(third, as: importer)
            #expect(try await database.count("staged_bills", "true") == 0)
            #expect(try await database.script(file) != before, "the table was emptied")
        }
    }

    @Test("the service's role empties nothing but tables in which imports wait")
    func bounds() async throws {
        let database = try await TestDatabase.make()
        for name in ["bills", "staged_nothing", "staged_bills; drop table bills", "imports"] {
            await #expect(throws: DatabaseError.self, "\(name)") {
                try await TestLoop.run(connection: database.serviceURL) { link in
                    try await link.script(
                        """
                        select clear_staged('00000000-0000-7000-8000-000000000000',
                            array['\(name)'], array['bills'])
                        """)
                }
            }
        }
        #expect(try await database.count("bills", "false") == 0)
    }
}
