import Electricity
import JSON
import Testing

@testable import CustomerCare

/// A bill as the billing system sends it.
struct TestLine {
    var code: String
    var month = "2026-11"
    var revision = 1
    var status = "issued"
    var kWh = 100
    var amount: Int64 = 200_000
    /// Members in place of the usual ones.
    var others: [String: String] = [:]

    init(_ code: CustomerCode) { self.code = code.text }

    /// The line without its end.
    var text: String {
        let vat = amount * 8 / 100
        var members = [
            ("customerCode", "\"\(code)\""), ("month", "\"\(month)\""), ("revision", "\(revision)"),
            ("status", "\"\(status)\""), ("invoiceId", "\"88\(code.suffix(6))\""),
            ("periodStart", "\"2026-10-06\""), ("periodEnd", "\"2026-11-05\""),
            ("consumptionKWh", "\(kWh)"), ("amountExcludingVAT", "\(amount)"),
            ("vatRatePercent", "8"), ("vat", "\(vat)"), ("total", "\(amount + vat)"),
            ("issuedOn", "\"2026-11-07\""), ("dueOn", "\"2026-11-14\""),
            (
                "readings",
                #"[{"meterSerialNumber":"1","register":"total","openingReading":100.5,"#
                    + #""closingReading":200.5,"multiplier":1,"consumptionKWh":\#(kWh),"#
                    + #""isEstimated":false}]"#
            ),
            (
                "lines",
                #"[{"kind":"tier","tier":1,"register":null,"quantityKWh":\#(kWh),"#
                    + #""unitPrice":2000,"amount":\#(amount)}]"#
            ),
        ]
        for (name, value) in others {
            members.removeAll { $0.0 == name }
            if !value.isEmpty { members.append((name, value)) }
        }
        return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}

extension TestService {
    /// A client of the billing system.
    func newImporter() async throws -> TestClient {
        let client = try await database.newClient(scopes: [.importing])
        try await reloadClients()
        return client
    }

    /// Begins an import; its path.
    func beginImport(
        of kind: ImportKind = .bills, by source: String = "cmis", as importer: TestClient,
        asOf: String = "2026-11-25T02:00:00+07:00", messages: String = "none", _ more: String = ""
    ) async throws -> String {
        let answer = try await call(
            as: importer, "POST", "/v1/imports",
            #"{"kind":"\#(kind.rawValue)","source":"\#(source)","asOf":"\#(asOf)","#
                + #""messages":"\#(messages)"\#(more)}"#)
        try #require(answer.status == 201)
        return "/v1/imports/" + (try #require(answer.json["importId"].string))
    }

    /// Sends content.
    func send(
        _ content: String, to path: String, as importer: TestClient,
        _ type: String = Import.jsonLines
    ) async throws -> TestAnswer {
        try await call(as: importer, "PUT", path + "/content", content) {
            $0.set("content-type", type)
        }
    }

    /// Begins an import of a kind, sends its lines and lets it be held against what is known; the
    /// import.
    func hold(
        _ kind: ImportKind, _ lines: [String], as importer: TestClient, asOf: String,
        by source: String = "cmis", messages: String = "none"
    ) async throws -> (path: String, json: JSONValue) {
        let path = try await beginImport(
            of: kind, by: source, as: importer, asOf: asOf, messages: messages)
        let text = lines.joined(separator: "\n")
        try #require(try await send(text, to: path, as: importer).status == 202)
        try await workOnImports()
        return (path, try await call(as: importer, "GET", path).json)
    }

    /// Begins an import with these lines and lets it be held against what is known; on a database
    /// of the test's own, since imports wait for each other.
    func importing(
        _ lines: [TestLine], as importer: TestClient, asOf: String = "2026-11-25T02:00:00+07:00",
        messages: String = "none"
    ) async throws -> String {
        let path = try await beginImport(as: importer, asOf: asOf, messages: messages)
        let text = lines.map { $0.text + "\n" }.joined()
        try #require(try await send(text, to: path, as: importer).status == 202)
        try await workOnImports()
        return path
    }

    /// Removes what has expired by the service's clock.
    func sweep() async throws {
        let now = clock.now
        try await TestLoop.run(connection: database.serviceURL) { database in
            _ = await ExpirySweep(
                database: database, world: World(now: { now }, randomBytes: { _ in [] })
            ).run()
        }
    }

    /// Commits an import and lets it be put into use.
    func commit(_ path: String, as importer: TestClient) async throws -> JSONValue {
        let answer = try await call(as: importer, "POST", path + "/commit")
        try #require(answer.status == 202)
        try await workOnImports()
        return try await call(as: importer, "GET", path).json
    }
}

extension JSONValue {
    /// The faults of an import, each as `line field code`.
    var importFaults: [String] {
        self["faults"].items.map {
            "\($0["line"].int ?? 0) \($0["field"].string ?? "") \($0["code"].string ?? "")"
        }
    }

    /// What an import would change: new, corrected, cancelled, unchanged.
    var importCounts: [Int64?] {
        ["new", "corrected", "cancelled", "unchanged"].map { self["difference"][$0].int }
    }
}
