import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Imports of outages")
struct OutageImportTests {
    private static func line(_ id: String, _ others: [String: String] = [:]) -> String {
        var members = [
            "externalId": "\"\(id)\"", "kind": "\"planned\"", "place": "\"Phường 1, Tân An\"",
            "reason": "\"Bảo trì\"", "start": "\"2026-12-05T08:00:00+07:00\"",
            "expectedEnd": "\"2026-12-05T11:00:00+07:00\"",
            "scopes": #"[{"kind":"feeder","value":"F1"},{"kind":"area","value":"A/1"}]"#,
        ]
        members.merge(others) { $1 }
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    @Test("each difference is a new version, which is told; what is the same again is not")
    func versions() async throws {
        try await FakeZalo.run { service, fake in
            let importer = try await service.newImporter()
            let account = try await service.correspondent("an")
            let customer = try await service.add(try TestCustomer())
            try await service.follow(customer, as: account)
            try await service.database.script(
                """
                delete from outbox;
                insert into network_links values
                    ('\(customer.code)', 'feeder', 'F1', '2026-01-01', null)
                """)
            func bring(
                _ lines: [String], _ hour: Int, messages: String = "send"
            ) async throws -> JSONValue {
                let (path, found) = try await service.hold(
                    .outages, lines, as: importer, asOf: "2026-11-25T0\(hour):00:00+07:00",
                    by: "omics", messages: messages)
                #expect(found.importFaults == [])
                _ = try await service.commit(path, as: importer)
                try await service.announce()
                service.clock.advance(seconds: 30)
                try await service.sendMessages()
                return found
            }
            let first = try await bring([Self.line("1"), Self.line("2")], 1)
            #expect(first.importCounts == [2, 0, 0, 0])
            #expect(first["difference"]["messages"].int == 2)
            #expect(fake.taken.count == 2)
            // The same again, a later end, another scope, and one that does not take place.
            let second = try await bring(
                [
                    Self.line(
                        "1",
                        [
                            "scopes":
                                #"[{"kind":"area","value":"A/1"},{"kind":"feeder","value":"F1"}]"#
                        ]
                    ), Self.line("2", ["isCancelled": "true"]),
                    Self.line(
                        "3", ["scopes": #"[{"kind":"customerCode","value":"\#(customer.code)"}]"#]),
                ], 2)
            #expect(second.importCounts == [1, 0, 1, 1])
            #expect(fake.taken.count == 4)
            let third = try await bring(
                [
                    Self.line("1", ["expectedEnd": "\"2026-12-05T12:00:00+07:00\""]),
                    Self.line("3", ["scopes": #"[{"kind":"feeder","value":"F2"}]"#]),
                ], 3)
            #expect(third.importCounts == [0, 2, 0, 0])
            #expect(fake.taken.count == 5)
            let shown = try await service.call(
                "GET", "\(account)/customers/\(customer.code)/outages?from=2026-12-01&to=2026-12-31"
            )
            #expect(shown.json["items"].items.map { $0["version"].int } == [2, 2])
            let kept = try #require(
                shown.json["items"].items.first { $0["status"].string == "scheduled" })
            #expect(
                kept["expectedEnds"].items.map { $0["expectedEnd"].string } == [
                    "2026-12-05T11:00:00+07:00", "2026-12-05T12:00:00+07:00",
                ])
            // Nobody is told where the import says so.
            _ = try await bring(
                [Self.line("1", ["reason": "null"]), Self.line("4")], 4, messages: "none")
            #expect(fake.taken.count == 5)
        }
    }

    @Test("a fault without an end lasts until power is back")
    func faults() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let fault = [
                "kind": "\"unplanned\"", "start": "\"2026-11-25T00:30:00+07:00\"",
                "expectedEnd": "null", "reason": "null",
            ]
            let first = try await service.hold(
                .outages, [Self.line("9", fault)], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            _ = try await service.commit(first.path, as: importer)
            let over = "select over_at, version from outages"
            #expect(try await service.database.script(over) == [["infinity", "1"]])
            service.clock.advance(seconds: 60)
            let ended = fault.merging(["restoredAt": "\"2026-11-25T01:30:00+07:00\""]) { $1 }
            let second = try await service.hold(
                .outages, [Self.line("9", ended)], as: importer,
                asOf: "2026-11-25T10:00:30+07:00")
            #expect(second.json.importCounts == [0, 1, 0, 0])
            _ = try await service.commit(second.path, as: importer)
            let row = try await service.database.script(
                """
                select o.over_at = '2026-11-25 01:30+07', o.version,
                    bool_and(s.over_at = o.over_at), count(*)
                from outages o join outage_scopes s using (outage_id) group by 1, 2
                """)
            #expect(row == [["t", "2", "t", "2"]])
            // What is known later than these data is not undone by them.
            let late = try await service.hold(
                .outages, [Self.line("9", fault.merging(["place": "\"Phường 2\""]) { $1 })],
                as: importer,
                asOf: "2026-11-25T02:00:00+07:00")
            #expect(late.json.importFaults == ["1 #/externalId outdated"])
        }
    }

    @Test("what is wrong in a line is named, and staff's own outages stay theirs")
    func wrong() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let found = try await service.hold(
                .outages,
                [
                    "{}", Self.line("1", ["expectedEnd": "null"]),
                    Self.line("1", ["kind": "\"x\"", "scopes": "[]"]),
                    Self.line(
                        "1",
                        ["restoredAt": "\"2026-12-01T00:00:00+07:00\"", "isCancelled": "true"]),
                    Self.line("2"), Self.line("2"),
                    Self.line("3", ["restoredAt": "\"2026-12-06T00:00:00+07:00\""]),
                ], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            #expect(
                Set(found.json.importFaults) == [
                    "1 #/externalId missing", "1 #/kind missing", "1 #/place missing",
                    "1 #/start missing", "1 #/scopes missing", "2 #/expectedEnd missing",
                    "3 #/kind not_allowed", "3 #/scopes too_few_items",
                    "4 #/restoredAt out_of_range", "4 #/isCancelled not_allowed",
                    "5 #/externalId duplicate", "6 #/externalId duplicate",
                    "7 #/restoredAt out_of_range",
                ])
            let staff = try await service.call(
                as: importer, "POST", "/v1/imports",
                #"{"kind":"outages","source":"staff","asOf":"2026-11-25T01:00:00+07:00","#
                    + #""messages":"none"}"#)
            #expect(staff.wrongFields == ["#/source"])
            let told = try await service.call(
                as: importer, "POST", "/v1/imports",
                #"{"kind":"payments","source":"cmis","asOf":"2026-11-25T01:00:00+07:00","#
                    + #""messages":"send"}"#)
            #expect(told.wrongFields == ["#/messages"])
        }
    }
}
