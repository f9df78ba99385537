import Testing

@testable import CustomerCare

@Suite("listOutageIncidents")
struct ListOutageIncidentsTests {
    private static let path = "/v1/staff/outage-incidents"

    @Test("open incidents are listed the oldest first, suspected ones alone when asked")
    func listed() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            for (transformer, count) in [("T1", 1), ("T2", 3)] {
                for _ in 0..<count {
                    let (account, code) = try await service.reporter()
                    try await service.link(code, "transformer", transformer)
                    _ = try await service.report(code, as: account)
                }
                service.clock.advance(seconds: 1)
            }
            let first = try await service.call(as: staff, "GET", Self.path + "?limit=1")
            #expect(first.json["items"].items.map { $0["transformer"].string } == ["T1"])
            #expect(first.json["items"][0]["suspectedAt"].isNull)
            let cursor = try #require(first.json["next"].string)
            let rest = try await service.call(
                as: staff, "GET", Self.path + "?cursor=\(cursor)")
            #expect(rest.json["items"].items.map { $0["transformer"].string } == ["T2"])
            let suspected = try await service.call(
                as: staff, "GET", Self.path + "?suspected=true&unit=PB0101")
            #expect(suspected.json["items"].items.isEmpty)
            let all = try await service.call(as: staff, "GET", Self.path + "?suspected=true")
            #expect(all.json["items"][0]["customerCount"].int == 3)
            #expect(all.json["items"][0]["needsTwoPersons"].bool == false)
            for (name, value) in [("unit", "x"), ("suspected", "1"), ("cursor", "x")] {
                let wrong = try await service.call(
                    as: staff, "GET", Self.path + "?\(name)=\(value)")
                #expect(wrong.wrongFields == [name])
            }
        }
    }
}
