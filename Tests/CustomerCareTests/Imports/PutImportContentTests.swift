import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("putImportContent")
struct PutImportContentTests {
    @Test("lines are taken with any end, a mark of byte order, and empty ones between")
    func ends() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var lines: [String] = []
            for _ in 0..<3 {
                lines.append(TestLine(try await service.add(try TestCustomer()).code).text)
            }
            let path = try await service.beginImport(as: importer)
            let text = "\u{FEFF}\(lines[0])\r\n\r\n\(lines[1])\n\n\(lines[2])"
            let answer = try await service.send(text, to: path, as: importer)
            #expect(answer.status == 202)
            #expect(answer.json["state"].string == "validating")
            #expect(answer.json["rows"].int == 3)
            #expect(answer.json["bytes"].int == Int64(text.utf8.count))
            try await service.workOnImports()
            let found = try await service.call(as: importer, "GET", path)
            #expect(found.json["state"].string == "validated")
            #expect(found.json["difference"]["new"].int == 3)
            #expect(found.json["difference"]["total"].int == 648_000)
            // Nothing is changed before it is committed.
            #expect(try await service.database.count("bills", "true") == 0)
        }
    }

    @Test("every wrong line is named with what is wrong in it, and makes all of it invalid")
    func wrongLines() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let customer = try await service.add(try TestCustomer())
            func line(_ others: [String: String]) -> String {
                var line = TestLine(customer.code)
                line.others = others
                return line.text
            }
            let cases: [(String, [String])] = [
                (line([:]), []),
                ("{", ["# invalid_json"]), ("[]", ["# wrong_type"]), ("\u{0}", ["# invalid_json"]),
                (#"{"a":1,"a":2}"#, ["# invalid_json"]),
                (line(["customerCode": "\"PB1\""]), ["#/customerCode too_short"]),
                (line(["month": "\"2026-13\""]), ["#/month wrong_format"]),
                (line(["status": "\"paid\""]), ["#/status not_allowed"]),
                (line(["total": "1"]), ["#/total not_allowed"]),
                (line(["vat": "1.5"]), ["#/vat not_an_integer"]),
                (line(["vatRatePercent": ""]), ["#/vatRatePercent missing"]),
                (line(["dueOn": "\"2026-11-01\""]), ["#/dueOn out_of_range"]),
                (line(["periodEnd": "\"2026-09-01\""]), ["#/periodEnd out_of_range"]),
                (line(["revision": "2"]), ["#/revision not_allowed"]),
                (line(["readings": "[7]"]), ["#/readings/0 wrong_type"]),
                (
                    line(["readings": #"[{"register":"x"}]"#]),
                    [
                        "#/readings/0/register not_allowed",
                        "#/readings/0/meterSerialNumber missing",
                        "#/readings/0/openingReading missing",
                        "#/readings/0/closingReading missing", "#/readings/0/multiplier missing",
                        "#/readings/0/consumptionKWh missing", "#/readings/0/isEstimated missing",
                    ]
                ),
                (
                    line([
                        "lines": #"[{"kind":"tier","register":"peak","quantityKWh":1,"#
                            + #""unitPrice":1,"amount":200000}]"#
                    ]), ["#/lines/0/tier missing", "#/lines/0/register not_allowed"]
                ),
                (
                    line([
                        "lines": #"[{"kind":"tier","tier":1,"quantityKWh":1,"unitPrice":1,"#
                            + #""amount":199999}]"#
                    ]), ["#/lines not_allowed"]
                ),
            ]
            let path = try await service.beginImport(as: importer)
            let text = cases.map { $0.0 + "\n" }.joined()
            let answer = try await service.send(text, to: path, as: importer)
            let expected = cases.enumerated().flatMap { index, one in
                one.1.map { "\(index + 1) \($0)" }
            }
            #expect(answer.json.importFaults.sorted() == expected.sorted())
            #expect(answer.json["faultCount"].int == Int64(expected.count))
            try await service.workOnImports()
            let found = try await service.call(as: importer, "GET", path)
            #expect(found.json["state"].string == "invalid")
            let commit = try await service.call(as: importer, "POST", path + "/commit")
            #expect(commit.problem == "409 transition_not_allowed")
        }
    }

    @Test("what does not fit what is known is found: strangers, twice, months, revisions, sums")
    func unfit() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            var known = TestBill("2026-11")
            known.revision = 1
            var customer = try TestCustomer()
            customer.bills = [known]
            let code = try await service.add(customer).code
            let other = try await service.add(try TestCustomer()).code
            let stranger = TestLine(try TestCustomer.newCode())
            var far = TestLine(other)
            far.month = "2019-01"
            let path = try await service.importing(
                [stranger, TestLine(other), TestLine(other), far, TestLine(code)], as: importer)
            let found = try await service.call(as: importer, "GET", path)
            #expect(
                found.json.importFaults == [
                    "1 #/customerCode unknown_customer", "2 #/customerCode duplicate",
                    "3 #/customerCode duplicate", "4 #/month month_not_kept",
                    "5 #/revision revision_conflict",
                ])
            // And as a whole.
            for (more, fault) in [
                (#","expectedRows":2"#, "expected_rows"),
                (#","expectedTotal":1"#, "expected_total"),
                (#","expectedRows":1,"expectedTotal":216000"#, nil),
            ] {
                let path = try await service.beginImport(
                    as: importer, asOf: "2026-11-25T03:00:00+07:00", more)
                _ = try await service.send(TestLine(other).text, to: path, as: importer)
                try await service.workOnImports()
                let found = try await service.call(as: importer, "GET", path)
                #expect(found.json["fault"].string == fault)
                #expect(found.json["state"].string == (fault == nil ? "validated" : "invalid"))
            }
            let empty = try await service.beginImport(as: importer)
            _ = try await service.send("\n", to: empty, as: importer)
            try await service.workOnImports()
            let none = try await service.call(as: importer, "GET", empty)
            #expect(none.json["fault"].string == "no_rows")
        }
    }

    @Test("the same content again has no effect, other content takes its place")
    func again() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let path = try await service.beginImport(as: importer)
            let good = TestLine(code).text
            #expect(try await service.send("{", to: path, as: importer).status == 202)
            // Not while it is held against what is known.
            let early = try await service.send(good, to: path, as: importer)
            #expect(early.problem == "409 transition_not_allowed")
            try await service.workOnImports()
            #expect(try await service.send(good, to: path, as: importer).status == 202)
            try await service.workOnImports()
            let same = try await service.send(good, to: path, as: importer)
            #expect(same.status == 200)
            #expect(same.json["state"].string == "validated")
            #expect(same.json["faultCount"].int == 0)
            #expect(
                try await service.database.count(
                    "staged_bills", "customer_code = '\(code)'") == 1)
        }
    }

    @Test("content that is not what was signed, or has an endless line, leaves nothing")
    func broken() async throws {
        try await TestService.run { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let path = try await service.beginImport(as: importer)
            var request = TestRequest("PUT", path + "/content", TestLine(code).text)
            request.set("content-type", "application/x-ndjson")
            try request.sign(as: importer, at: service.clock.now)
            var changed = request
            changed.body?.append(UInt8(ascii: " "))
            #expect(try await service.send(changed).problem == "401 unauthenticated")
            request.breaksOff = true
            #expect(try await service.send(request).status == 408)
            let endless = String(repeating: "x", count: 65_537)
            let long = try await service.send(
                TestLine(code).text + "\n" + endless, to: path, as: importer)
            #expect(long.problem == "413 content_too_large")
            let found = try await service.call(as: importer, "GET", path)
            #expect(found.json["state"].string == "awaiting_content")
            #expect(
                try await service.database.count(
                    "staged_bills", "customer_code = '\(code)'") == 0)
            let csv = try await service.call(as: importer, "PUT", path + "/content", "a;b")
            #expect(csv.problem == "415 unsupported_media_type")
            let unknown = "/v1/imports/\(TestRequest.unknownId())"
            #expect(
                try await service.send("{}", to: unknown, as: importer).problem == "404 not_found")
        }
    }

    @Test("lines are cut out of pieces of any size")
    func pieces() throws {
        let text = "\u{FEFF}1\r\n\n[2]\nx"
        for size in 1...12 {
            var reader = JSONLinesReader()
            var records: [ContentRecord] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                records += try reader.take(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            records += try reader.finish()
            let read = records.map { ContentRecord(line: $0.line, content: $0.readContent) }
            #expect(
                read == [
                    ContentRecord(line: 1, content: .value(JSONDocument(.integer(1)))),
                    ContentRecord(line: 3, content: .value(JSONDocument(.array([.integer(2)])))),
                    ContentRecord(line: 4, content: .fault(field: "#", code: "invalid_json")),
                ], "\(size)")
        }
    }

    @Test("a table is taken as well, compressed or not, by the names of its source")
    func table() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let text =
                "MA_KHANG;NAM;THANG;KY;ID_HDON;NGAY_DKY;NGAY_CKY;DIEN_TTHU;SO_TIEN;vatRatePercent;"
                + "TIEN_GTGT;TONG_TIEN;HAN_TTOAN;issuedOn;status;lines/0/kind;lines/0/tier;"
                + "lines/0/quantityKWh;lines/0/unitPrice;lines/0/amount;readings/0/register;"
                + "readings/0/meterSerialNumber;readings/0/openingReading;"
                + "readings/0/closingReading;readings/0/multiplier;readings/0/consumptionKWh;"
                + "readings/0/isEstimated\r\n"
                + "\(code);2026;11;1;12345678;06/10/2026;05/11/2026;100;200.000;8;16,000;"
                + "216.000;14/11/2026;2026-11-07;issued;tier;1;100;2000;200000;total;"
                + "\"S\"\"1\";0;100.5;1;100;0\r\n"
            let path = try await service.beginImport(as: importer)
            let answer = try await service.send(text, to: path, as: importer, Import.csv)
            #expect(answer.json.importFaults == [])
            try await service.workOnImports()
            _ = try await service.commit(path, as: importer)
            let row = try await service.database.script(
                "select total, due_on, readings->0->>'meterSerialNumber' from bills")
            #expect(row == [["216000", "2026-11-14", "S\"1"]])
            // What is wrong is named as the source names it.
            let wrong = try await service.beginImport(as: importer)
            let faults = try await service.send(
                text.replacing("05/11/2026", with: "05.11.2026"), to: wrong, as: importer,
                Import.csv)
            #expect(faults.json.importFaults == ["2 #/NGAY_CKY wrong_format"])
        }
    }

    @Test("what is compressed is expanded piece by piece, and refused when it is not what it says")
    func compressed() async throws {
        try await TestService.run { service in
            let importer = try await service.newImporter()
            let path = try await service.beginImport(of: .outageHorizons, as: importer)
            func send(_ bytes: [UInt8], _ encoding: String) async throws -> TestAnswer {
                var request = TestRequest("PUT", path + "/content")
                request.body = bytes
                request.set("content-type", Import.jsonLines)
                request.set("content-encoding", encoding)
                try request.sign(as: importer, at: service.clock.now)
                return try await service.send(request)
            }
            // printf '{}\\n{}\\n' | gzip -n
            let lines: [UInt8] = [
                0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xAB, 0xAE, 0xE5, 0xAA,
                0xAE, 0xE5, 0x02, 0x00, 0xAF, 0xF1, 0x38, 0x9C, 0x06, 0x00, 0x00, 0x00,
            ]
            #expect(try await send(lines, "br").problem == "415 unsupported_media_type")
            #expect(try await send(Array("{}".utf8), "gzip").problem == "400 bad_request")
            #expect(try await send(lines.dropLast(), "gzip").problem == "400 bad_request")
            let taken = try await send(lines, "GZIP")
            #expect(taken.status == 202)
            #expect(taken.json["rows"].int == 2)
            #expect(taken.json["bytes"].int == 26)
        }
    }
}
