import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("createImport")
struct CreateImportTests {
    @Test("an import begins without content, and says what was announced")
    func created() async throws {
        try await TestService.run { service in
            let importer = try await service.newImporter()
            let answer = try await service.call(
                as: importer, "POST", "/v1/imports",
                #"{"kind":"bills","source":"cmis","asOf":"2026-11-24T19:00:00.5Z","#
                    + #""messages":"send","expectedRows":7,"expectedTotal":100}"#)
            #expect(answer.status == 201)
            let id = try #require(answer.json["importId"].string)
            #expect(answer.headers["location"] == "/v1/imports/\(id)")
            #expect(answer.json["state"].string == "awaiting_content")
            #expect(answer.json["asOf"].string == "2026-11-25T02:00:00+07:00")
            #expect(answer.json["expectedRows"].int == 7)
            #expect(answer.json["difference"].isNull)
            #expect(answer.json["faults"] == .array([]))
        }
    }

    @Test(
        "what is missing or wrong is named",
        arguments: [
            ("{}", ["#/kind", "#/source", "#/asOf", "#/messages"]),
            (
                #"{"kind":"x","source":"a b","asOf":"2026-11-25 02:00","messages":"all"}"#,
                ["#/kind", "#/source", "#/asOf", "#/messages"]
            ),
            (
                #"{"kind":"bills","source":"a","asOf":"2026-11-26T10:00:00Z","messages":"none"}"#,
                ["#/asOf"]
            ),
            (
                #"{"kind":"bills","source":"a","asOf":"2026-11-24T10:00:00Z","messages":"none","#
                    + #""expectedRows":-1,"expectedTotal":1.5}"#,
                ["#/expectedRows", "#/expectedTotal"]
            ),
        ])
    func malformed(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let importer = try await service.newImporter()
            let answer = try await service.call(as: importer, "POST", "/v1/imports", body)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == fields)
            #expect(
                try await service.call("POST", "/v1/imports", body).problem == "403 forbidden")
        }
    }

    @Test(
        "instants are read as RFC 3339 has them, and nothing else is one",
        arguments: [
            ("2026-11-25T08:00:00+07:00", 1_795_568_400_000_000), ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000001Z", 1), ("1970-01-01T01:30:00+01:30", 0),
            ("1969-12-31T19:00:00-05:00", 0), ("1970-01-01T00:00:00.25Z", 250_000),
            ("2026-11-25T08:00:00", nil), ("2026-11-25t08:00:00Z", nil),
            ("2026-02-29T08:00:00Z", nil), ("2026-11-25T24:00:00Z", nil),
            ("2026-11-25T08:60:00Z", nil), ("2026-11-25T08:00:60Z", nil),
            ("2026-11-25T08:00:00.Z", nil), ("2026-11-25T08:00:00.1234567Z", nil),
            ("2026-11-25T08:00:00+7:00", nil), ("2026-11-25T08:00:00+24:00", nil),
            ("2026-11-25T08-00-00Z", nil), ("2026-11-25T08:00:00Zx", nil),
        ] as [(String, Int64?)])
    func instants(text: String, microseconds: Int64?) {
        #expect(Instant(rfc3339: text)?.microsecondsSince1970 == microseconds)
    }
}
