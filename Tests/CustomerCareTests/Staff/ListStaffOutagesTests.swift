import JSON
import Testing

@testable import CustomerCare

@Suite("listStaffOutages")
struct ListStaffOutagesTests {
    @Test("what matters still is listed the earliest first, page by page, drafts among it")
    func listed() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            var ids: [String] = []
            for day in [7, 5, 6] {
                let path = try await service.draft(
                    as: staff,
                    [
                        "start": "\"2026-12-0\(day)T08:00:00+07:00\"",
                        "expectedEnd": "\"2026-12-0\(day)T09:00:00+07:00\"",
                    ])
                ids.append(String(path.suffix(36)))
            }
            // One that is over.
            try await service.add(
                TestOutage("2026-11-20 08:00", "2026-11-20 16:00", scopes: [("feeder", "F")]))
            let path = TestStaffOutage.path
            let page = try await service.call(as: staff, "GET", path + "?limit=2")
            #expect(page.json["items"].items.map { $0["outageId"].string } == [ids[1], ids[2]])
            let cursor = try #require(page.json["next"].string)
            let rest = try await service.call(as: staff, "GET", path + "?cursor=\(cursor)")
            #expect(rest.json["items"].items.map { $0["outageId"].string } == [ids[0]])
            #expect(rest.json["next"].isNull)
            let wrong = try await service.call(as: staff, "GET", path + "?cursor=x")
            #expect(wrong.wrongFields == ["cursor"])
            #expect(try await service.call("GET", path).problem == "403 forbidden")
        }
    }
}
