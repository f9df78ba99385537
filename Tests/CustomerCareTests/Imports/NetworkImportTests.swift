import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Imports of network links, reading days and horizons")
struct NetworkImportTests {
    @Test("links begin and end, and those that stay are not written")
    func links() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            func line(_ kind: String, _ value: String, _ end: String? = nil) -> String {
                #"{"customerCode":"\#(code)","kind":"\#(kind)","value":"\#(value)","#
                    + #""validFrom":"2026-01-01","validTo":\#(end.map { "\"\($0)\"" } ?? "null")}"#
            }
            let first = try await service.hold(
                .networkLinks, [line("transformer", "T1"), line("feeder", "F1")], as: importer,
                asOf: "2026-11-25T01:00:00+07:00")
            #expect(first.json.importCounts == [2, 0, 0, 0])
            _ = try await service.commit(first.path, as: importer)
            let second = try await service.hold(
                .networkLinks,
                [
                    line("transformer", "T1", "2026-11-30"), line("transformer", "T2"),
                    line("feeder", "F1"),
                ], as: importer, asOf: "2026-11-25T02:00:00+07:00")
            #expect(second.json.importCounts == [1, 0, 1, 1])
            _ = try await service.commit(second.path, as: importer)
            let rows = try await service.database.script(
                "select scope_value, valid_to from network_links order by 1")
            #expect(rows == [["F1", nil], ["T1", "2026-11-30"], ["T2", nil]])
            let reopened = try await service.hold(
                .networkLinks, [line("transformer", "T1")], as: importer,
                asOf: "2026-11-25T03:00:00+07:00")
            #expect(reopened.json.importCounts == [0, 1, 0, 0])
            let stranger = try TestCustomer.newCode()
            let wrong = try await service.hold(
                .networkLinks,
                [
                    line("customerCode", "x"), line("feeder", "F 1"),
                    line("feeder", "F1", "2025-12-31"), line("feeder", "F9"), line("feeder", "F9"),
                    line("feeder", "F8").replacing(code.text, with: stranger.text), "[]",
                ], as: importer, asOf: "2026-11-25T04:00:00+07:00")
            #expect(
                wrong.json.importFaults == [
                    "1 #/kind not_allowed", "2 #/value wrong_format", "3 #/validTo out_of_range",
                    "4 #/value duplicate", "5 #/value duplicate",
                    "6 #/customerCode unknown_customer", "7 # wrong_type",
                ])
        }
    }

    @Test("a reading day that moves says from where")
    func readingDays() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            func line(_ value: String, _ day: String, kind: String = "routeBook") -> String {
                #"{"kind":"\#(kind)","value":"\#(value)","month":"2026-12","readingOn":"\#(day)"}"#
            }
            let links = try await service.hold(
                .networkLinks,
                [
                    #"{"customerCode":"\#(customer.code)","kind":"routeBook","value":"S1","#
                        + #""validFrom":"2026-01-01"}"#
                ], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            _ = try await service.commit(links.path, as: importer)
            let first = try await service.hold(
                .readingSchedules, [line("S1", "2026-12-05"), line("S2", "2026-12-05")],
                as: importer, asOf: "2026-11-25T01:00:00+07:00")
            #expect(first.json.importCounts == [2, 0, 0, 0])
            _ = try await service.commit(first.path, as: importer)
            let moved = try await service.hold(
                .readingSchedules, [line("S1", "2026-12-07"), line("S2", "2026-12-05")],
                as: importer, asOf: "2026-11-25T02:00:00+07:00")
            #expect(moved.json.importCounts == [0, 1, 0, 1])
            _ = try await service.commit(moved.path, as: importer)
            let shown = try await service.call("GET", "\(path)/reading-schedule?month=2026-12").json
            #expect(shown["reading"]["date"].string == "2026-12-07")
            #expect(shown["reading"]["movedFrom"].string == "2026-12-05")
            let wrong = try await service.hold(
                .readingSchedules,
                [
                    line("S1", "2026-12-05"), line("S3", "2026-12-32"),
                    line("F", "2026-12-05", kind: "feeder"),
                    line("x", "2026-12-05", kind: "customerCode"),
                    line("\(try TestCustomer.newCode())", "2026-12-05", kind: "customerCode"),
                    line("S4", "2026-12-05"), line("S4", "2026-12-06"),
                    line("S5", "2026-12-05").replacing(
                        "}", with: #","movedFrom":"2026-12-05","periodNumber":4}"#),
                ], as: importer, asOf: "2026-11-25T01:30:00+07:00")
            #expect(
                wrong.json.importFaults == [
                    "1 #/readingOn outdated", "2 #/readingOn wrong_format",
                    "3 #/kind not_allowed", "4 #/value wrong_format",
                    "5 #/value unknown_customer", "6 #/value duplicate", "7 #/value duplicate",
                    "8 #/movedFrom not_allowed", "8 #/periodNumber out_of_range",
                ])
        }
    }

    @Test("units say until when their outages are told")
    func horizons() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            _ = try await service.add(try TestCustomer())
            func line(_ unit: String, _ day: String) -> String {
                #"{"unitCode":"\#(unit)","knownUntil":"\#(day)"}"#
            }
            let unit = try #require(
                try await service.database.script("select unit_code from managing_units")[0][0])
            let first = try await service.hold(
                .outageHorizons, [line(unit, "2026-12-01")], as: importer,
                asOf: "2026-11-25T01:00:00+07:00")
            _ = try await service.commit(first.path, as: importer)
            let second = try await service.hold(
                .outageHorizons, [line(unit, "2026-12-08")], as: importer,
                asOf: "2026-11-25T02:00:00+07:00")
            #expect(second.json.importCounts == [0, 1, 0, 0])
            _ = try await service.commit(second.path, as: importer)
            #expect(
                try await service.database.script("select known_until from outage_horizons")
                    == [["2026-12-08"]])
            let wrong = try await service.hold(
                .outageHorizons,
                [
                    line(unit, "2026-12-01"), line("PB9999", "2026-12-01"), line("", "x"),
                    line(unit, "2026-12-01"),
                ], as: importer, asOf: "2026-11-25T01:00:00+07:00")
            #expect(
                wrong.json.importFaults == [
                    "1 #/knownUntil outdated", "1 #/unitCode duplicate",
                    "2 #/unitCode unknown_unit", "3 #/knownUntil too_short",
                    "3 #/unitCode too_short", "4 #/knownUntil outdated", "4 #/unitCode duplicate",
                ])
        }
    }
}
