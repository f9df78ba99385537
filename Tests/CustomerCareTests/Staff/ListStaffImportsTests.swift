import JSON
import Testing

@testable import CustomerCare

@Suite("listStaffImports")
struct ListStaffImportsTests {
    @Test("imports are listed page by page, the newest first")
    func pages() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let staff = try await service.newStaff()
            for kind in [ImportKind.bills, .outages, .customers] {
                _ = try await service.beginImport(of: kind, as: importer)
                service.clock.advance(seconds: 1)
            }
            let first = try await service.call(as: staff, "GET", "/v1/staff/imports?limit=2")
            #expect(
                first.json["items"].items.map { $0["kind"].string } == ["customers", "outages"])
            let next = try #require(first.json["next"].string)
            let second = try await service.call(
                as: staff, "GET", "/v1/staff/imports?limit=2&cursor=\(next)")
            #expect(second.json["items"].items.map { $0["kind"].string } == ["bills"])
            #expect(second.json["next"].isNull)
            #expect(try await service.call("GET", "/v1/staff/imports").status == 403)
            let wrong = try await service.call(as: staff, "GET", "/v1/staff/imports?cursor=x")
            #expect(wrong.wrongFields == ["cursor"])
        }
    }
}
