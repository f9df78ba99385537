import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("createStaffOutage")
struct CreateStaffOutageTests {
    @Test("a draft says whom it touches and what is to be thought of, and nobody sees it")
    func created() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let feeder = try await service.feeder(2)
            try await service.link(customer.code, "feeder", feeder)
            let scopes =
                #"[{"kind":"feeder","value":"\#(feeder)"},"#
                + #"{"kind":"customerCode","value":"\#(customer.code)"},"#
                + #"{"kind":"feeder","value":"\#(feeder)"}]"#
            let answer = try await service.call(
                as: staff, "POST", TestStaffOutage.path,
                TestStaffOutage.body(["scopes": scopes]))
            #expect(answer.status == 201)
            #expect(answer.json["customerCount"].int == 3)
            #expect(answer.json["needsTwoPersons"] == .boolean(false))
            #expect(answer.json["warnings"] == .array([]))
            #expect(answer.json["publishedAt"].isNull)
            #expect(answer.json["scopes"].items.count == 2)
            #expect(answer.headers["etag"] == "\"v1\"")
            let id = try #require(answer.json["outageId"].string)
            #expect(answer.headers["location"] == "/v1/staff/outages/\(id)")
            let seen = try await service.call(
                "GET", "\(account)/customers/\(customer.code)/outages?from=2026-12-01&to=2026-12-31"
            )
            #expect(seen.json["items"] == .array([]))
        }
    }

    @Test("planned work that the law wants told earlier is warned of, and what touches nobody")
    func warnings() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            for (start, end, kind, warnings) in [
                // Five days to the second, and a second less.
                ("2026-11-30T10:00:00", "2026-11-30T11:00:00", "planned", ["nobody_touched"]),
                (
                    "2026-11-30T09:59:59", "2026-11-30T11:00:00", "planned",
                    ["short_notice", "nobody_touched"]
                ),
                ("2026-11-25T09:59:59", "2026-11-25T11:00:00", "unplanned", ["nobody_touched"]),
            ] {
                let answer = try await service.call(
                    as: staff, "POST", TestStaffOutage.path,
                    TestStaffOutage.body([
                        "start": "\"\(start)+07:00\"", "expectedEnd": "\"\(end)+07:00\"",
                        "kind": "\"\(kind)\"",
                        "scopes": #"[{"kind":"area","value":"A-\#(TestRequest.unique())"}]"#,
                    ]))
                #expect(answer.json["warnings"] == .array(warnings.map { .string($0) }))
            }
            let notice = try GuideBook().outageNotice
            #expect(notice.rule(on: try #require(.init("2005-06-30"))) == nil)
            #expect(notice.rule(on: try #require(.init("2005-07-01")))?.days == 5)
        }
    }

    @Test(
        "what is missing or wrong is named",
        arguments: [
            (
                "{}",
                ["#/kind", "#/place", "#/start", "#/scopes"]
            ),
            (TestStaffOutage.body(["expectedEnd": nil]), ["#/expectedEnd"]),
            (
                TestStaffOutage.body(["kind": "\"x\"", "place": "\"\\u202e\""]),
                ["#/kind", "#/place"]
            ),
            (TestStaffOutage.body(["start": "\"2026-12-05\""]), ["#/start"]),
            (
                TestStaffOutage.body(["expectedEnd": "\"2026-12-05T08:00:00+07:00\""]),
                ["#/expectedEnd"]
            ),
            (
                TestStaffOutage.body(["expectedEnd": "\"2027-01-06T08:00:00+07:00\""]),
                ["#/expectedEnd"]
            ),
            (
                TestStaffOutage.body([
                    "start": "\"2028-01-05T08:00:00+07:00\"",
                    "expectedEnd": "\"2028-01-05T09:00:00+07:00\"",
                ]), ["#/start"]
            ),
            (TestStaffOutage.body(["scopes": "[]"]), ["#/scopes"]),
            (
                TestStaffOutage.body([
                    "scopes":
                        #"[{"kind":"house","value":"1"},{"kind":"customerCode","value":"x"},7,"#
                        + #"{"kind":"feeder","value":"a b"}]"#
                ]),
                [
                    "#/scopes/2", "#/scopes/0/kind", "#/scopes/1/value", "#/scopes/3/value",
                ]
            ),
        ])
    func malformed(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let answer = try await service.call(as: staff, "POST", TestStaffOutage.path, body)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == fields)
            #expect(
                try await service.call("POST", TestStaffOutage.path, body).problem
                    == "403 forbidden")
        }
    }

    @Test("a fault needs no end, and is over only when somebody says so")
    func fault() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.draft(
                as: staff, ["kind": "\"unplanned\"", "expectedEnd": nil, "reason": nil])
            let found = try await service.call(as: staff, "GET", path)
            #expect(found.json["expectedEnd"].isNull)
            #expect(found.json["reason"].isNull)
            let id = path.suffix(36)
            #expect(
                try await service.database.count(
                    "outages", "outage_id = '\(id)' and over_at = 'infinity'") == 1)
        }
    }
}
