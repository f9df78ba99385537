import Testing

@testable import CustomerCare

@Suite("getService")
struct GetServiceTests {
    @Test("a service tells its form as JSON Schema, its documents and its service level")
    func form() async throws {
        try await TestService.run { service in
            let answer = try await service.callUnsigned("GET", "/v1/services/new-supply")
            #expect(answer.status == 200)
            #expect(answer.json["documents"].items.count == 2)
            #expect(answer.json["serviceLevel"]["count"].int == 5)
            let form = answer.json["form"]
            #expect(form["required"].items.map(\.string).contains("nationalId"))
            #expect(!form["required"].items.map(\.string).contains("note"))
            #expect(form["properties"]["capacityKW"]["maximum"].int == 10_000)
            #expect(form["properties"]["phaseCount"]["enum"].items.map(\.string) == ["1", "3"])
            #expect(form["properties"]["phone"]["title"].string == "Số điện thoại")
        }
    }

    @Test("a service that is not there is 404", arguments: ["nothing", "New-Supply", "%20"])
    func unknown(name: String) async throws {
        try await TestService.run { service in
            let answer = try await service.callUnsigned("GET", "/v1/services/\(name)")
            #expect(answer.problem == "404 not_found")
        }
    }
}
