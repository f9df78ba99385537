import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("exportAccount")
struct ExportAccountTests {
    @Test("all that is kept about an account is in one file, and that it was taken is noted down")
    func exported() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let answer = try await service.call(
                "PUT", "/v1/accounts",
                #"{"zaloUserId":"\#(TestRequest.unique())","consent":{"textVersion":"2026-01"}}"#)
            let id = try #require(answer.json["accountId"].string)
            let account = "/v1/accounts/\(id)"
            let customer = try await service.add(try TestCustomer())
            try await service.follow(customer, as: account)
            _ = try await service.newRequest(of: account)
            let export = try await service.call("GET", account + "/export")
            #expect(export.status == 200)
            #expect(export.headers["content-type"] == "application/zip")
            #expect(
                export.headers["content-disposition"]
                    == "attachment; filename=\"customer-care-2026-11-25.zip\"")
            let names = TestZip.names(export.body)
            let tables = [
                "account", "zalo-contact", "consents", "subscriptions", "customers",
                "notifications", "payments", "service-requests", "data-reads", "history",
            ]
            #expect(names == ["README.txt"] + tables.flatMap { ["\($0).json", "\($0).csv"] })
            #expect(
                try await service.database.count("audit_events", "action = 'data_exported'") == 1)
            for _ in 0..<9 {
                #expect(try await service.call("GET", account + "/export").status == 200)
            }
            let enough = try await service.call("GET", account + "/export")
            #expect(enough.problem == "429 rate_limited")
            service.clock.advance(seconds: 86_401)
            #expect(try await service.call("GET", account + "/export").status == 200)
            let unknown = try await service.call(
                "GET", "/v1/accounts/\(TestRequest.unknownId())/export")
            #expect(unknown.problem == "404 not_found")
        }
    }

    @Test("what was agreed to is kept each time it changes")
    func consents() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let zaloId = TestRequest.unique()
            for version in ["1", "1", "2", "1"] {
                service.clock.advance(seconds: 1)
                _ = try await service.call(
                    "PUT", "/v1/accounts",
                    #"{"zaloUserId":"\#(zaloId)","consent":{"textVersion":"\#(version)"}}"#)
            }
            _ = try await service.call("PUT", "/v1/accounts", #"{"zaloUserId":"\#(zaloId)"}"#)
            let rows = try await service.database.script(
                "select text_version from consent_events order by given_at")
            #expect(rows == [["1"], ["2"], ["1"]])
        }
    }

    @Test("a table is the same as JSON and as CSV, and no spreadsheet takes a name for a formula")
    func tables() throws {
        let table = ExportTable(
            "t",
            [
                { json in
                    json.field("a", "=1+1")
                    json.field("b", Int64(-5))
                    json.list("c") { json in
                        json.element("x")
                        json.element { $0.field("y", true) }
                    }
                },
                { json in
                    json.field("a", "\"q\", r\ns")
                    json.nullField("b")
                    json.field("d", Optional("điện"))
                },
            ])
        #expect(
            String(decoding: table.csv, as: UTF8.self)
                == "\u{FEFF}a,b,c,d\r\n'=1+1,-5,x | y: true,\r\n\"\"\"q\"\", r\ns\",,,điện\r\n")
        #expect(table.count == 2)
        #expect(try JSONValue.parse(table.json)[1]["d"].string == "điện")
        #expect(ExportTable("e", []).csv == Array("\u{FEFF}\r\n".utf8))
    }
}

/// Just so much of the format as says which files there are.
enum TestZip {
    static func names(_ bytes: [UInt8]) -> [String] {
        var names: [String] = []
        var place = 0
        while place + 46 <= bytes.count {
            guard Array(bytes[place..<place + 4]) == [0x50, 0x4B, 0x01, 0x02] else {
                place += 1
                continue
            }
            let length = Int(bytes[place + 28]) | Int(bytes[place + 29]) << 8
            names.append(
                String(decoding: bytes[(place + 46)..<(place + 46 + length)], as: UTF8.self))
            place += 46 + length
        }
        return names
    }
}
