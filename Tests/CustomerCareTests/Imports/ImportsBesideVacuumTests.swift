import JSON
import Postgres
import Testing

@testable import CustomerCare

/// What an import stages is as large as a month of bills, and PostgreSQL vacuums and analyzes
/// tables whenever it wants to: an import waits for it once, and is not begun anew.
@Suite("imports beside vacuum")
struct ImportsBesideVacuumTests {
    /// Longer than a link of the service waits for locks otherwise, and than a vacuum needs to make
    /// way for somebody who waits.
    private static let seconds = 1.5

    /// Does something while a table is locked as by a vacuum, which begins before and ends in
    /// between, or not before all is done.
    private static func vacuuming(
        _ table: String, of service: TestService, toTheEnd: Bool = false,
        _ body: () async throws -> Void
    ) async throws {
        let url = service.database.ownerURL
        let (locked, hasLocked) = AsyncStream.makeStream(of: Void.self)
        let (done, isDone) = AsyncStream.makeStream(of: Void.self)
        async let vacuum: Void = TestLoop.run(connection: url) { database in
            defer { hasLocked.finish() }
            let link = try await database.openBulkLink()
            defer { link.close() }
            try await link.execute(
                script: "begin; lock table only \(table) in share update exclusive mode")
            hasLocked.finish()
            if toTheEnd {
                for await _ in done {}
            } else {
                try await link.execute(script: "select pg_sleep(\(seconds))")
            }
            try await link.execute(script: "commit")
        }
        for await _ in locked {}
        do {
            defer { isDone.finish() }
            try await body()
        }
        try await vacuum
    }

    private static func begin(
        _ service: TestService, as importer: TestClient, _ line: TestLine
    ) async throws -> String {
        let path = try await service.beginImport(as: importer, #","newMonth":"2026-11""#)
        let sent = try await service.send(line.text + "\n", to: path, as: importer)
        try #require(sent.status == 202)
        return path
    }

    @Test(
        "what is staged is analyzed and gets its key once whoever vacuums it has made way",
        arguments: ["staged_bills", "staged_bill_changes", "arriving_bills"])
    func waited(_ table: String) async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            let path = try await Self.begin(service, as: importer, line)
            let call =
                table == "arriving_bills"
                ? "close_arriving_bills('\(path.split(separator: "/").last ?? "")')"
                : "analyze_staged('\(table)')"
            let url = service.database.serviceURL
            try await Self.vacuuming(table, of: service) {
                try await TestLoop.run(connection: url) { database in
                    let link = try await database.openBulkLink()
                    defer { link.close() }
                    // As long as the service's links wait.
                    try await link.execute(script: "set lock_timeout = '1s'; select \(call)")
                }
            }
        }
    }

    @Test(
        "a month is attached once its vacuum has made way, and while another month is vacuumed",
        arguments: [("arriving_bills", false), ("bills_2026_10", true)])
    func attached(_ table: String, toTheEnd: Bool) async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let line = TestLine(try await service.add(try TestCustomer()).code)
            let path = try await Self.begin(service, as: importer, line)
            try await service.workOnImports()
            try await Self.vacuuming(table, of: service, toTheEnd: toTheEnd) {
                let done = try await service.commit(path, as: importer)
                #expect(done["state"].string == "committed")
            }
            #expect(try await service.database.count("bills_2026_11", "true") == 1)
        }
    }

    @Test("nobody vacuums or analyzes what waits only because it has come")
    func quiet() async throws {
        let rows = try await TestDatabase.shared().script(
            """
            select relname, coalesce(array_to_string(reloptions, ' '), '') from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r'
                and relname like 'staged\\_%'
            order by relname
            """)
        #expect(rows.contains { $0[0] == "staged_bills" })
        for row in rows {
            let options = try #require(row[1])
            #expect(options.contains("autovacuum_vacuum_insert_threshold=-1"), "\(row)")
            #expect(options.contains("autovacuum_analyze_threshold=2147483647"), "\(row)")
        }
    }
}
