import Electricity
import Foundation
import JSON
import Postgres
import Testing

@testable import CustomerCare

@Suite("Tariffs in the database")
struct TariffStoreTests {
    private static func document(
        _ changes: [(String, String)] = []
    ) throws -> TariffDocument {
        var text = String(decoding: try TariffDocument.builtIn().text, as: UTF8.self)
        for (old, new) in changes {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        return try TariffDocument(Array(text.utf8))
    }

    private static func load(
        _ document: TariffDocument, into database: TestDatabase, isRehearsal: Bool = false
    ) async throws -> TariffStore.Change {
        try await TestLoop.run(connection: database.ownerURL) { database in
            try await TariffStore(database: database).load(
                document, source: "test", isRehearsal: isRehearsal)
        }
    }

    /// The built-in document with Decision 14/2025 in force from a day on.
    private static func fiveTiers(from day: String, before: String) throws -> TariffDocument {
        let built = try TariffDocument.builtIn()
        guard case .object(let members) = built.value else { throw TestFailure("no object") }
        let text = String(decoding: built.text, as: UTF8.self)
        let draftStart = try #require(text.range(of: "  \"drafts\": ["))
        let ratesStart = try #require(text.range(of: "  \"vatRates\": ["))
        let drafts = String(text[draftStart.upperBound..<ratesStart.lowerBound])
        let draft = drafts[..<(try #require(drafts.lastIndex(of: "]")))]
            .replacing("\"validFrom\": \"2025-05-29\"", with: "\"validFrom\": \"\(day)\"")
        try #require(members.contains { $0.name == "drafts" })
        let head = text[..<draftStart.lowerBound]
        let end = try #require(head.lastIndex(of: "]"))
        let newest = try #require(head.range(of: "\"validFrom\": \"2025-05-10\""))
        var tariffs = String(head[..<end])
        let open = try #require(
            tariffs.range(
                of: "\"validTo\": null", range: newest.upperBound..<tariffs.endIndex))
        tariffs.replaceSubrange(open, with: "\"validTo\": \"\(before)\"")
        return try TariffDocument(
            Array((tariffs + "," + draft + "],\n" + text[ratesStart.lowerBound...]).utf8))
    }

    @Test("migrating loads the built-in document once, with its rows")
    func builtIn() async throws {
        let database = try await TestDatabase.make()
        let counts = try await database.script(
            """
            select (select count(*) from tariff_versions), (select count(*) from tariffs),
                (select count(*) from tariffs where is_draft),
                (select count(*) from tariff_prices), (select count(*) from vat_rates),
                (select count(*) from reactive_tables)
            """)
        #expect(counts == [["1", "6", "1", "33", "9", "1"]])
        let row = try await database.script(
            """
            select t.valid_from, t.valid_to, p.confidence from tariffs t
            join tariff_prices p using (version, decision)
            where t.decision = '2699/QĐ-BCT' and p.category = 'production'
            """)
        #expect(row == [["2024-10-11", "2025-05-09", "low-medium"]])
        let again = try await TestLoop.run(connection: database.ownerURL) { database in
            try await TariffStore(database: database).loadBuiltInIfNone()
        }
        #expect(again == nil)
    }

    @Test("what differs is told, and becomes a version unless it is a rehearsal")
    func load() async throws {
        let database = try await TestDatabase.make()
        let same = try await Self.load(try Self.document(), into: database)
        #expect(same == TariffStore.Change(differences: [], version: 1))
        let changed = try Self.document([(#""unitPrice": 2050"#, #""unitPrice": 2051"#)])
        let line = "~ /tariffs/1279/QĐ-BCT/residential/tiers/1/unitPrice: 2050 -> 2051"
        let rehearsal = try await Self.load(changed, into: database, isRehearsal: true)
        #expect(rehearsal == TariffStore.Change(differences: [line], version: nil))
        #expect(try await database.script("select max(version) from tariff_versions") == [["1"]])
        let loaded = try await Self.load(changed, into: database)
        #expect(loaded == TariffStore.Change(differences: [line], version: 2))
        #expect(try await database.script("select count(*) from tariffs") == [["12"]])
    }

    @Test("a new version is noticed without a restart: another VAT rate as data")
    func vatChange() async throws {
        let database = try await TestDatabase.make()
        try await TestService.run(on: database) { service in
            func total() async throws -> Int64? {
                var request = TestRequest(
                    "POST", "/v1/tariff-calculations",
                    #"{"from":"2026-10-01","to":"2026-10-31","kwh":150}"#)
                request.idempotencyKey = nil
                return try await service.send(request).json["total"].int
            }
            #expect(try await total() == 346_356)
            #expect(try await service.reloadTariffs() == false)
            let changed = try Self.document([
                (#""validTo": "2026-12-31""#, #""validTo": "2026-09-30""#),
                (#""validFrom": "2027-01-01""#, #""validFrom": "2026-10-01""#),
            ])
            _ = try await Self.load(changed, into: database)
            #expect(try await service.reloadTariffs())
            #expect(try await total() == 352_770)
            #expect(try await service.reloadTariffs() == false)
        }
    }

    @Test("the five tiers of Decision 14/2025 take effect as data, before their day loaded")
    func fiveTiers() async throws {
        let database = try await TestDatabase.make()
        let document = try Self.fiveTiers(from: "2027-01-01", before: "2026-12-31")
        _ = try await Self.load(document, into: database)
        try await TestService.run(on: database) { service in
            func answer(_ from: String, _ to: String) async throws -> TestAnswer {
                var request = TestRequest(
                    "POST", "/v1/tariff-calculations",
                    #"{"from":"\#(from)","to":"\#(to)","kwh":750}"#)
                request.idempotencyKey = nil
                return try await service.send(request)
            }
            let before = try await answer("2026-12-01", "2026-12-31")
            #expect(before.json["parts"][0]["lines"].items.count == 6)
            let after = try await answer("2027-01-01", "2027-01-31").json["parts"][0]
            #expect(after["lines"].items.map { $0["quotaKWh"].int } == [100, 100, 200, 300, nil])
            #expect(
                after["lines"].items.map { $0["amount"].int }
                    == [198_400, 238_000, 599_600, 1_071_300, 198_350])
            let across = try await answer("2026-12-16", "2027-01-15")
            #expect(across.json["parts"].items.count == 2)
            let shown = try await service.send(TestRequest("GET", "/v1/tariffs?on=2027-01-01"))
            #expect(shown.json["tariff"]["decision"].string == "14/2025/QĐ-TTg")
        }
    }

    @Test("the database itself refuses two prices of one day, in one version")
    func overlaps() async throws {
        let database = try await TestDatabase.make()
        for (table, columns, values) in [
            ("tariffs", "version, decision, is_draft, valid_from", "1, 'x', false, '2030-01-01'"),
            (
                "vat_rates", "version, document, valid_from, basis_points, confidence",
                "1, 'x', '2030-01-01', 800, 'high'"
            ),
            (
                "reactive_tables", "version, document, valid_from, confidence, coefficients",
                "1, 'x', '2030-01-01', 'high', '[]'"
            ),
        ] {
            await #expect(throws: (any Error).self) {
                try await database.script("insert into \(table) (\(columns)) values (\(values))")
            }
        }
        try await database.script(
            """
            insert into tariffs (version, decision, is_draft, valid_from)
            values (1, 'a draft may', true, '2030-01-01')
            """)
    }

    @Test("of two who load at once one wins, and the other is told to look again")
    func atOnce() async throws {
        let database = try await TestDatabase.make()
        let documents = try (1...4).map {
            try Self.document([(#""unitPrice": 2050"#, #""unitPrice": \#(2050 + $0)"#)])
        }
        let outcomes = await withTaskGroup(of: Bool?.self) { group in
            for document in documents {
                group.addTask {
                    do {
                        return try await Self.load(document, into: database).version != nil
                    } catch let error as TariffStoreError {
                        return error == .loadedAtOnce ? false : nil
                    } catch {
                        return nil
                    }
                }
            }
            var outcomes: [Bool?] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(!outcomes.contains(nil))
        let versions = try await database.script("select max(version) from tariff_versions")
        #expect(versions == [["\(1 + outcomes.filter { $0 == true }.count)"]])
    }

    @Test("a version that cannot be read is left aside until there is a newer one")
    func unreadable() async throws {
        let database = try await TestDatabase.make()
        try await TestService.run(on: database) { service in
            try await database.script(
                """
                insert into tariff_versions (version, document, checked_through, source, loaded_at)
                values (2, '{"later": "program"}', '2027-01-01', 'test', now())
                """)
            await #expect(throws: TariffStoreError.self) { try await service.reloadTariffs() }
            #expect(try await service.reloadTariffs() == false)
            let answer = try await service.send(TestRequest("GET", "/v1/tariffs"))
            #expect(answer.json["tariffVersion"].int == 1)
            let document = try Self.document([(#""unitPrice": 2050"#, #""unitPrice": 2051"#)])
            let change = try await Self.load(document, into: database)
            #expect(change.version == 3)
            #expect(try await service.reloadTariffs())
        }
    }

    @Test("the service's own role can read the tariffs and change nothing")
    func privileges() async throws {
        let database = try await TestDatabase.shared()
        let url = database.serviceURL
        let count = try await TestLoop.run(connection: url) { database in
            try await database.script("select count(*) from tariff_versions")
        }
        #expect(count.first?[0] != "0")
        await #expect(throws: (any Error).self) {
            _ = try await TestLoop.run(connection: url) { database in
                try await database.script("delete from vat_rates")
            }
        }
    }
}
