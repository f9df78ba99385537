import JSON
import Testing

@testable import CustomerCare

@Suite("getStaffOutage")
struct GetStaffOutageTests {
    @Test("an outage is shown with its version, and one that is not there is not found")
    func shown() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.draft(as: staff)
            let found = try await service.call(as: staff, "GET", path)
            #expect(found.status == 200)
            #expect(found.headers["etag"] == "\"v1\"")
            #expect(found.json["source"].string == "staff")
            #expect(found.json["place"].string == "Phường 1, Tân An")
            let unknown = TestStaffOutage.path + "/" + TestRequest.unknownId()
            #expect(try await service.call(as: staff, "GET", unknown).problem == "404 not_found")
            #expect(try await service.call("GET", path).problem == "403 forbidden")
            let malformed = try await service.call(as: staff, "GET", TestStaffOutage.path + "/x")
            #expect(malformed.wrongFields == ["outage"])
        }
    }
}
