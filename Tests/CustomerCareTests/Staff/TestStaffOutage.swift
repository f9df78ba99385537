import Electricity
import JSON
import Testing

@testable import CustomerCare

/// Outages that staff type.
enum TestStaffOutage {
    static let path = "/v1/staff/outages"
    /// Ten days ahead of the tests' day.
    static let body = TestStaffOutage.body()

    /// A body with other members in place of the usual ones; nil leaves one out.
    static func body(_ others: [String: String?] = [:]) -> String {
        var members: [String: String] = [
            "kind": "\"planned\"", "place": "\"Phường 1, Tân An\"", "reason": "\"Bảo trì\"",
            "start": "\"2026-12-05T08:00:00+07:00\"",
            "expectedEnd": "\"2026-12-05T11:00:00+07:00\"",
            "scopes": #"[{"kind":"feeder","value":"F-1"}]"#,
        ]
        for (name, value) in others { members[name] = value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

extension TestService {
    /// Types a draft; its path.
    func draft(
        as staff: TestClient, _ others: [String: String?] = [:]
    ) async throws -> String {
        let answer = try await call(
            as: staff, "POST", TestStaffOutage.path, TestStaffOutage.body(others))
        try #require(answer.status == 201)
        return TestStaffOutage.path + "/" + (try #require(answer.json["outageId"].string))
    }

    /// A feeder with so many codes on it.
    func feeder(_ count: Int) async throws -> String {
        let name = "F-" + TestRequest.unique()
        for _ in 0..<count { try await link(try TestCustomer.newCode(), "feeder", name) }
        return name
    }

    /// A published outage that reaches one code, which begins now; its path.
    func published(as staff: TestClient) async throws -> String {
        let feeder = try await feeder(1)
        let path = try await draft(
            as: staff,
            [
                "scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#,
                "start": "\"2026-11-25T09:00:00+07:00\"",
                "expectedEnd": "\"2026-11-25T11:00:00+07:00\"",
            ])
        try #require(try await call(as: staff, "POST", path + "/publication").status == 200)
        return path
    }
}
