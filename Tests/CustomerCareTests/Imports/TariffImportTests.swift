import Electricity
import JSON
import Postgres
import Testing

@testable import CustomerCare

@Suite("Imports of tariffs")
struct TariffImportTests {
    /// The built-in document on one line, with a change.
    private static func document(_ old: String = "", _ new: String = "") throws -> String {
        var json = JSONWriter(reservingCapacity: 16_384)
        json.value(try TariffDocument.builtIn().value)
        let text = String(decoding: json.bytes, as: UTF8.self)
        if old.isEmpty { return text }
        try #require(text.contains(old), "\(old)")
        return text.replacing(old, with: new)
    }

    private static func raised(to price: Int = 2_051) throws -> String {
        try document(#""unitPrice":2050"#, #""unitPrice":\#(price)"#)
    }

    private static let change = "~ /tariffs/1279/QĐ-BCT/residential/tiers/1/unitPrice: 2050 -> "

    private func approve(
        _ path: String, as staff: TestClient, _ service: TestService
    ) async throws {
        let answer = try await service.call(
            as: staff, "POST", path.replacing("/v1/", with: "/v1/staff/") + "/approval",
            #"{"reason":"Quyết định mới, đã đối chiếu"}"#)
        try #require(answer.status == 200)
    }

    @Test("a document is in force once somebody else has approved it, and is served from then on")
    func journey() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            let (path, held) = try await service.hold(
                .tariffs, [try Self.raised()], as: importer, asOf: "2026-11-25T01:00:00+07:00",
                by: "legal")
            #expect(held["state"].string == "validated")
            #expect(held.importCounts == [1, 0, 0, 0])
            #expect(held["needsApproval"] == .boolean(true))
            let anomaly = held["anomalies"][0]
            #expect(anomaly["code"].string == "law")
            #expect(anomaly["versionBefore"].int == 1)
            #expect(anomaly["changeCount"].int == 1)
            #expect(anomaly["changes"].items.map(\.string) == [Self.change + "2051"])
            let listed = try await service.call(as: staff, "GET", "/v1/staff/imports").json
            #expect(listed["items"][0]["anomalies"] == held["anomalies"])
            let early = try await service.call(as: importer, "POST", path + "/commit")
            #expect(early.problem == "409 approval_required")
            try await approve(path, as: staff, service)
            // Approved is not in force: whoever sent it commits it.
            #expect(try await service.database.count("tariff_versions", "true") == 1)
            #expect(try await service.commit(path, as: importer)["state"].string == "committed")
            let rows = try await service.database.script(
                """
                select v.version, v.source, v.checked_through, (
                    select count(*) from tariffs t where t.version = v.version), (
                    select count(*) from tariff_prices t where t.version = v.version), (
                    select count(*) from vat_rates t where t.version = v.version), (
                    select count(*) from reactive_tables t where t.version = v.version)
                from tariff_versions v order by 1
                """)
            // Its rows are as many as `tariffs load` makes of the same.
            #expect(rows[1][1] == "import/" + path.dropFirst("/v1/imports/".count))
            #expect(rows[1][2...] == rows[0][2...])
            #expect(try await service.reloadTariffs())
            let shown = try await service.send(TestRequest("GET", "/v1/tariffs"))
            #expect(shown.json["tariffVersion"].int == 2)
            let stored = try await TestLoop.run(connection: service.database.ownerURL) { database in
                try await TariffStore(database: database).newest()
            }
            let loaded = try TariffDocument(try #require(stored).document)
            #expect(loaded.value == (try JSONValue.parse(Array(try Self.raised().utf8))))
            service.clock.advance(seconds: 60)
            try await service.sweep()
            #expect(try await service.database.count("staged_tariffs", "true") == 0)
        }
    }

    @Test("the document that is in force already changes nothing, and needs approval as well")
    func unchanged() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            let (path, held) = try await service.hold(
                .tariffs, [try Self.document()], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            #expect(held.importCounts == [0, 0, 0, 1])
            #expect(held["needsApproval"] == .boolean(true))
            #expect(held["anomalies"][0]["changes"] == .array([]))
            try await approve(path, as: staff, service)
            #expect(try await service.commit(path, as: importer)["state"].string == "committed")
            #expect(try await service.database.count("tariff_versions", "true") == 1)
        }
    }

    @Test("a database without tariffs gets its first version, all of which is told as new")
    func first() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            try await service.database.script(
                """
                delete from tariff_prices; delete from tariffs; delete from vat_rates;
                delete from reactive_tables; delete from tariff_versions
                """)
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            let (path, held) = try await service.hold(
                .tariffs, [try Self.document()], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            let anomaly = held["anomalies"][0]
            #expect(anomaly["versionBefore"].int == 0)
            #expect(anomaly["changes"].items.count == ImportAnomaly.listedChanges)
            #expect((anomaly["changeCount"].int ?? 0) > Int64(ImportAnomaly.listedChanges))
            try await approve(path, as: staff, service)
            _ = try await service.commit(path, as: importer)
            #expect(
                try await service.database.script("select version from tariff_versions")
                    == [["1"]])
        }
    }

    @Test("what was approved beside an older version is not put into force")
    func overtaken() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            var paths: [String] = []
            for (hour, price) in [(1, 2_051), (2, 2_052)] {
                let held = try await service.hold(
                    .tariffs, [try Self.raised(to: price)], as: importer,
                    asOf: "2026-11-25T0\(hour):00:00+07:00")
                try await approve(held.path, as: staff, service)
                paths.append(held.path)
            }
            #expect(
                try await service.commit(paths[0], as: importer)["state"].string == "committed")
            let late = try await service.commit(paths[1], as: importer)
            #expect(late["state"].string == "validated")
            #expect(late["fault"].string == "newer_version")
            #expect(
                try await service.database.script("select max(version) from tariff_versions")
                    == [["2"]])
            // As another import it is held against the newest one.
            let again = try await service.hold(
                .tariffs, [try Self.raised(to: 2_052)], as: importer,
                asOf: "2026-11-25T03:00:00+07:00")
            #expect(again.json["anomalies"][0]["versionBefore"].int == 2)
        }
    }

    @Test("whatever is wrong with the document is named by its pointer, as loading it does")
    func faults() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            func held(_ lines: [String]) async throws -> JSONValue {
                try await service.hold(
                    .tariffs, lines, as: importer, asOf: "2026-11-25T01:00:00+07:00"
                ).json
            }
            for (old, new, fault) in [
                (
                    #""unitPrice":2050"#, #""unitPrice":2050.5"#,
                    "1 #/tariffs/4/residential/tiers/1/unitPrice not_an_integer"
                ),
                (
                    #""unitPrice":2050"#, #""unitPrice":1e999"#,
                    "1 #/tariffs/4/residential/tiers/1/unitPrice out_of_range"
                ),
                (
                    #"{"note""#, #"{"more":[null,true,"\u0001",{}],"note""#,
                    "1 #/more unknown_member"
                ),
                (#""validFrom":"2025-05-10""#, #""validFrom":"2025-05-09""#, "overlap"),
            ] {
                let found = try await held([try Self.document(old, new)])
                #expect(found["state"].string == "invalid", "\(new)")
                #expect(found.importFaults.contains { $0.hasSuffix(fault) }, "\(found)")
                #expect(found["anomalies"] == .array([]))
            }
            let price = try await held([
                try Self.document(#""unitPrice":2050"#, #""unitPrice":"x""#)
            ])
            #expect(price["faults"][0]["value"].string == "x")
            let two = try await held([try Self.document(), try Self.raised(), "{}"])
            #expect(two.importFaults == ["2 # only_one_line", "3 # only_one_line"])
            #expect(two["faultCount"].int == 2)
            let both = try await held(["{}", "{}"])
            #expect(both.importFaults.contains("1 #/checkedThrough missing"))
            #expect(both.importFaults.contains("2 # only_one_line"))
            #expect(both["faultCount"].int == Int64(both.importFaults.count))
            #expect(try await held(["[]"]).importFaults == ["1 # wrong_type"])
            #expect(try await held(["", ""])["fault"].string == "no_rows")
        }
    }

    @Test("the service's role can put no law into force that nobody else has approved")
    func bounds() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            let (path, _) = try await service.hold(
                .tariffs, [try Self.raised()], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            let id = String(path.dropFirst("/v1/imports/".count))
            func load(after change: String) async throws {
                await #expect(throws: (any Error).self, "\(change)") {
                    _ = try await TestLoop.run(connection: service.database.serviceURL) { link in
                        try await link.script(
                            "begin; \(change); select load_tariffs('\(id)'); commit")
                    }
                }
            }
            let approver = "(select client_id from clients where key_id = '\(staff.keyId)')"
            let committing = "update imports set state = 'committing'"
            // Not asked for, not approved, by whoever sent it, by nobody, by no staff, unseen.
            try await load(after: "select 1")
            try await load(after: "update imports set approved_by = \(approver)")
            try await load(after: committing)
            try await load(after: committing + ", approved_by = client_id")
            try await load(after: committing + ", approved_by = gen_random_uuid()")
            let miniapp = service.database.client.keyId
            try await load(
                after: committing
                    + ", approved_by = (select client_id from clients where key_id = '\(miniapp)')")
            try await load(after: committing + ", approved_by = \(approver)")
            try await approve(path, as: staff, service)
            try await load(after: committing + ", fault_count = 1")
            try await load(after: committing + ", kind = 'bills'")
            try await load(after: committing + ", anomalies = null")
            try await load(
                after: committing + "; delete from staged_tariffs where import_id = '\(id)'")
            for table in ["tariff_versions", "tariffs", "tariff_prices", "vat_rates"] {
                try await load(after: "delete from \(table)")
            }
            #expect(try await service.database.count("tariff_versions", "true") == 1)
            #expect(try await service.commit(path, as: importer)["state"].string == "committed")
            #expect(try await service.database.count("tariff_versions", "true") == 2)
        }
    }
}
