import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Imports of readings")
struct ReadingImportTests {
    /// A reading of 50 kWh as the meter data system sends it, with members in place of the usual
    /// ones; an empty one is left out.
    private static func line(_ code: CustomerCode, _ others: [String: String] = [:]) -> String {
        var members = [
            "customerCode": "\"\(code)\"", "month": #""2026-11""#, "meterSerialNumber": #""M1""#,
            "register": #""total""#, "openingReading": "100.5", "closingReading": "150.5",
            "multiplier": "1", "consumptionKWh": "50", "isEstimated": "false",
            "readOn": #""2026-11-20""#,
        ]
        members.merge(others) { _, other in other }
        let kept = members.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        return "{" + kept.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private static let kept = """
        select closing_reading_thousandths, consumption_kwh, meter_event, read_on,
            to_char(as_of at time zone 'Asia/Ho_Chi_Minh', 'HH24') as hour
        from readings order by customer_code, meter_serial_number, register
        """

    @Test("readings come, are corrected, and those that stay are not written")
    func journey() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let other = ["meterSerialNumber": #""M2""#]
            let first = try await service.hold(
                .readings, [Self.line(code), Self.line(code, other)], as: importer,
                asOf: "2026-11-21T01:00:00+07:00")
            #expect(first.json["state"].string == "validated")
            #expect(first.json.importCounts == [2, 0, 0, 0])
            #expect(first.json["needsApproval"] == .boolean(false))
            #expect(try await service.database.count("readings", "true") == 0)
            #expect(
                try await service.commit(first.path, as: importer)["state"].string == "committed")
            let corrected = Self.line(
                code, ["closingReading": "160.5", "consumptionKWh": "60", "isEstimated": "true"])
            let third = other.merging(["register": #""peak""#]) { $1 }
            let second = try await service.hold(
                .readings, [corrected, Self.line(code, other), Self.line(code, third)],
                as: importer, asOf: "2026-11-21T02:00:00+07:00")
            #expect(second.json.importCounts == [1, 1, 0, 1])
            _ = try await service.commit(second.path, as: importer)
            // What has not changed bears the hour in which it came first.
            #expect(
                try await service.database.script(Self.kept) == [
                    ["160500", "60", nil, "2026-11-20", "02"],
                    ["150500", "50", nil, "2026-11-20", "02"],
                    ["150500", "50", nil, "2026-11-20", "01"],
                ])
            service.clock.advance(seconds: 60)
            try await service.sweep()
            #expect(try await service.database.count("staged_readings", "true") == 0)
        }
    }

    @Test("an older telling changes nothing, whether it differs or not")
    func outdated() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let newest = try await service.hold(
                .readings, [Self.line(code)], as: importer, asOf: "2026-11-21T05:00:00+07:00")
            _ = try await service.commit(newest.path, as: importer)
            let same = try await service.hold(
                .readings, [Self.line(code)], as: importer, asOf: "2026-11-21T03:00:00+07:00")
            #expect(same.json.importCounts == [0, 0, 0, 1])
            _ = try await service.commit(same.path, as: importer)
            let other = Self.line(code, ["readOn": #""2026-11-19""#])
            let late = try await service.hold(
                .readings, [other], as: importer, asOf: "2026-11-21T04:00:00+07:00")
            #expect(late.json.importFaults == ["1 #/readOn outdated"])
            // One that was valid when it came, and is overtaken before it is committed.
            let overtaken = try await service.hold(
                .readings, [other], as: importer, asOf: "2026-11-21T06:00:00+07:00")
            let overtaking = try await service.hold(
                .readings, [Self.line(code, ["readOn": #""2026-11-18""#])], as: importer,
                asOf: "2026-11-21T07:00:00+07:00")
            _ = try await service.commit(overtaking.path, as: importer)
            _ = try await service.commit(overtaken.path, as: importer)
            #expect(
                try await service.database.script(Self.kept)
                    == [["150500", "50", nil, "2026-11-18", "07"]])
        }
    }

    @Test("a meter that turned over or was replaced says so, and is reckoned past its last digit")
    func events() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            func line(
                _ meter: Int, _ opening: String, _ closing: String, _ kWh: Int,
                event: String? = nil, by multiplier: String = "1"
            ) -> String {
                Self.line(
                    code,
                    [
                        "meterSerialNumber": "\"\(meter)\"", "openingReading": opening,
                        "closingReading": closing, "consumptionKWh": "\(kWh)",
                        "multiplier": multiplier,
                        "meterEvent": event.map { "\"\($0)\"" } ?? "null",
                    ])
            }
            let right = try await service.hold(
                .readings,
                [
                    line(1, "99990", "40", 50, event: "turnedOver"),
                    // Six digits, of which the first was 0.
                    line(2, "99990", "40", 900_050, event: "turnedOver"),
                    line(3, "9999.5", "0.5", 40, event: "turnedOver", by: "40"),
                    line(4, "5000", "12", 77, event: "replaced"),
                    line(5, "12", "5000", 77, event: "replaced"),
                    // Half a kWh may go either way.
                    line(6, "0", "10.5", 10), line(7, "0", "10.5", 11),
                    line(8, "0.001", "0.001", 0), line(9, "0", "1.5", 60, by: "40"),
                    line(10, "0", "999999999999", 999_999_999_999),
                ], as: importer, asOf: "2026-11-21T01:00:00+07:00")
            #expect(right.json.importFaults == [])
            #expect(right.json.importCounts == [10, 0, 0, 0])
            let wrong = try await service.hold(
                .readings,
                [
                    line(1, "150", "149.999", 0), line(2, "0", "10", 11),
                    line(3, "0", "10.5", 12), line(4, "0", "10", 10, event: "turnedOver"),
                    line(5, "99990", "40", 51, event: "turnedOver"),
                    line(6, "150", "10", 50, event: "stolen"), line(7, "0", "10", 10, by: "0"),
                    line(8, "0", "999999999999", 1, by: "999999999999"),
                ], as: importer, asOf: "2026-11-21T01:00:00+07:00")
            #expect(
                wrong.json.importFaults == [
                    "1 #/closingReading out_of_range", "2 #/consumptionKWh not_allowed",
                    "3 #/consumptionKWh not_allowed", "4 #/meterEvent not_allowed",
                    "5 #/consumptionKWh not_allowed", "6 #/meterEvent not_allowed",
                    "7 #/multiplier out_of_range", "8 #/consumptionKWh not_allowed",
                ])
        }
    }

    @Test("every wrong line is named by its line and its pointer")
    func faults() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            try await service.database.script(
                """
                select ensure_month_partitions('2016-10-01', '2016-10-01');
                alter table readings detach partition readings_2016_10
                """)
            let wrong = try await service.hold(
                .readings,
                [
                    Self.line(code), Self.line(code),
                    Self.line(try TestCustomer.newCode(), ["register": #""peak""#]),
                    Self.line(code, ["month": #""2031-01""#, "readOn": #""2031-01-05""#]),
                    // Its partition went to the archive.
                    Self.line(code, ["month": #""2016-10""#, "readOn": #""2016-10-05""#]),
                    Self.line(
                        code, ["periodNumber": "2", "readOn": #""2026-11-22""#]),
                    Self.line(code, ["readOn": #""2025-11-20""#]),
                    Self.line(code, ["register": #""half""#, "openingReading": "-1"]),
                    Self.line(
                        code,
                        ["meterSerialNumber": "\"\"", "closingReading": "1.2345", "readOn": ""]),
                    Self.line(
                        code, ["isEstimated": "1", "multiplier": "", "periodNumber": "4"]),
                    "[]", "{",
                ], as: importer, asOf: "2026-11-21T01:00:00+07:00")
            #expect(
                wrong.json.importFaults == [
                    "1 #/customerCode duplicate", "2 #/customerCode duplicate",
                    "3 #/customerCode unknown_customer", "4 #/month month_not_kept",
                    "4 #/readOn out_of_range", "5 #/month month_not_kept",
                    "6 #/readOn out_of_range", "7 #/readOn out_of_range",
                    "8 #/openingReading out_of_range", "8 #/register not_allowed",
                    "9 #/closingReading wrong_format", "9 #/meterSerialNumber too_short",
                    "9 #/readOn missing", "10 #/isEstimated wrong_type",
                    "10 #/multiplier missing", "10 #/periodNumber out_of_range", "11 # wrong_type",
                    "12 # invalid_json",
                ])
            #expect(wrong.json["faultCount"].int == 18)
            let empty = try await service.hold(
                .readings, ["", ""], as: importer, asOf: "2026-11-21T01:00:00+07:00")
            #expect(empty.json["fault"].string == "no_rows")
        }
    }

    @Test("a table will do, and nobody is told of readings")
    func table() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let path = try await service.beginImport(
                of: .readings, by: "meters", as: importer, asOf: "2026-11-21T01:00:00+07:00")
            let table = """
                customerCode;month;meterSerialNumber;register;openingReading;closingReading;\
                multiplier;consumptionKWh;isEstimated;meterEvent;readOn
                \(code);2026-11;0012;total;10.5;20.5;40;400;1;;2026-11-20

                """
            try #require(
                try await service.send(table, to: path, as: importer, Import.csv).status == 202)
            try await service.workOnImports()
            #expect(
                try await service.commit(path, as: importer)["state"].string == "committed")
            #expect(
                try await service.database.script(
                    "select meter_serial_number, is_estimated, meter_event from readings")
                    == [["0012", "t", nil]])
            let told = try await service.call(
                as: importer, "POST", "/v1/imports",
                #"{"kind":"readings","source":"m","asOf":"2026-11-21T01:00:00Z","#
                    + #""messages":"send"}"#)
            #expect(told.wrongFields == ["#/messages"])
        }
    }
}
