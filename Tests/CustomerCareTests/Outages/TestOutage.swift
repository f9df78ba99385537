import Electricity
import Postgres
import Testing

@testable import CustomerCare

/// An outage to be put into the database; times are `YYYY-MM-DD hh:mm` in Vietnam.
struct TestOutage {
    var kind = "planned"
    var start: String
    var expectedEnd: String?
    var restored: String?
    var cancelled: String?
    var isDraft = false
    var place = "Phường 1, Tân An"
    /// Scope kinds and values.
    var scopes: [(String, String)]

    init(_ start: String, _ expectedEnd: String?, scopes: [(String, String)]) {
        self.start = start
        self.expectedEnd = expectedEnd
        self.scopes = scopes
    }
}

extension TestService {
    /// Puts an outage into the database; its id.
    @discardableResult
    func add(_ outage: TestOutage) async throws -> String {
        let id = TestRequest.unknownId()
        func literal(_ text: String?) -> String { text.map { "'\($0)+07'" } ?? "null" }
        let over: String
        if let restored = outage.restored {
            over = literal(restored)
        } else if outage.kind == "unplanned" && outage.cancelled == nil {
            over = "'infinity'"
        } else {
            over = literal(outage.expectedEnd)
        }
        let scopes = outage.scopes.map { kind, value in
            "('\(kind)', '\(value)', '\(id)', \(literal(outage.start)), \(over))"
        }
        try await database.script(
            """
            insert into outages values ('\(id)', 'test', '\(id)', '\(outage.kind)', 1,
                '\(outage.place)', 'Bảo trì', \(literal(outage.start)),
                \(literal(outage.expectedEnd)), \(literal(outage.restored)),
                \(literal(outage.cancelled)), \(over),
                '[{"version":1,"expectedEnd":null,"toldAt":"2026-11-01T08:00:00+07:00"}]',
                \(outage.isDraft ? "null" : "'2026-11-01 08:00+07'"), '2026-11-01 08:00+07');
            insert into outage_scopes values \(scopes.joined(separator: ", "))
            """)
        return id
    }

    /// Hangs a customer on the network.
    func link(
        _ code: CustomerCode, _ kind: String, _ value: String, from: String = "2020-01-01",
        to: String? = nil
    ) async throws {
        let last = to.map { "'\($0)'" } ?? "null"
        try await database.script(
            """
            insert into network_links values ('\(code)', '\(kind)', '\(value)', '\(from)', \(last))
            """)
    }
}
