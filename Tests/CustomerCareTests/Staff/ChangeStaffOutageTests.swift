import JSON
import Testing

@testable import CustomerCare

@Suite("changeStaffOutage")
struct ChangeStaffOutageTests {
    private static func change(
        _ path: String, as staff: TestClient, version: Int, _ others: [String: String?],
        by service: TestService
    ) async throws -> TestAnswer {
        try await service.call(as: staff, "PUT", path, TestStaffOutage.body(others)) {
            $0.set("if-match", "\"v\(version)\"")
        }
    }

    @Test("a draft is changed by who has seen its version, scopes and all")
    func changed() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.draft(as: staff)
            let feeder = try await service.feeder(2)
            let changed = try await Self.change(
                path, as: staff, version: 1,
                [
                    "scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#,
                    "expectedEnd": "\"2026-12-05T12:00:00+07:00\"",
                ], by: service)
            #expect(changed.status == 200)
            #expect(changed.json["version"].int == 2)
            #expect(changed.json["customerCount"].int == 2)
            #expect(changed.json["scopes"][0]["value"].string == feeder)
            let stale = try await Self.change(path, as: staff, version: 1, [:], by: service)
            #expect(stale.problem == "412 precondition_failed")
            let blind = try await service.call(as: staff, "PUT", path, TestStaffOutage.body)
            #expect(blind.problem == "428 precondition_required")
            let ends = try await service.database.script(
                "select json_array_length(expected_ends) from outages"
                    + " where outage_id = '\(path.suffix(36))'")
            #expect(ends == [["2"]])
        }
    }

    @Test("what is published and reaches many is changed by two who say the same")
    func twoPersons() async throws {
        try await TestService.run { service in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let feeder = try await service.feeder(21)
            let scopes = ["scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#]
            let path = try await service.draft(as: first, scopes)
            for staff in [first, second] {
                _ = try await service.call(as: staff, "POST", path + "/publication")
            }
            var later = scopes.mapValues { Optional($0) }
            later["expectedEnd"] = "\"2026-12-05T12:00:00+07:00\""
            for _ in 0..<2 {
                let proposed = try await Self.change(
                    path, as: first, version: 1, later, by: service)
                #expect(proposed.status == 202)
                #expect(proposed.json["isProposed"] == .boolean(true))
                #expect(proposed.json["version"].int == 1)
            }
            // Something else is another proposal.
            var other = later
            other["reason"] = "\"Khác\""
            #expect(
                try await Self.change(path, as: second, version: 1, other, by: service).status
                    == 202)
            let agreed = try await Self.change(path, as: first, version: 1, other, by: service)
            #expect(agreed.status == 200)
            #expect(agreed.json["version"].int == 2)
            #expect(agreed.json["isProposed"] == .boolean(false))
        }
    }

    @Test("nobody alone makes one that reaches few into one that reaches many")
    func growing() async throws {
        try await TestService.run { service in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let path = try await service.published(as: first)
            let feeder = try await service.feeder(21)
            let scopes: [String: String?] = [
                "scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#
            ]
            let alone = try await Self.change(path, as: first, version: 1, scopes, by: service)
            #expect(alone.status == 202)
            #expect(alone.json["customerCount"].int == 1)
            let both = try await Self.change(path, as: second, version: 1, scopes, by: service)
            #expect(both.status == 200)
            #expect(both.json["customerCount"].int == 21)
        }
    }

    @Test("what is over stays as it was")
    func over() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.draft(as: staff)
            _ = try await service.call(as: staff, "POST", path + "/cancellation")
            let late = try await Self.change(path, as: staff, version: 2, [:], by: service)
            #expect(late.problem == "409 transition_not_allowed")
            let unknown = TestStaffOutage.path + "/" + TestRequest.unknownId()
            let none = try await Self.change(unknown, as: staff, version: 1, [:], by: service)
            #expect(none.problem == "404 not_found")
            let wrong = try await Self.change(
                path, as: staff, version: 2, ["place": nil], by: service)
            #expect(wrong.wrongFields == ["#/place"])
            #expect(
                try await service.call("PUT", path, TestStaffOutage.body).problem
                    == "403 forbidden")
        }
    }
}
