import Testing

@testable import CustomerCare

@Suite("getStaffServiceRequest")
struct GetStaffServiceRequestTests {
    @Test("staff read the form, and who did and why is noted down where nobody can change it")
    func read() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let path = "/v1/staff/service-requests/\(code)"
            let answer = try await service.call(
                as: staff, "GET", path + "?purpose=kh%E1%BA%A3o%20s%C3%A1t")
            #expect(answer.status == 200)
            #expect(answer.headers["etag"] == "\"v1\"")
            let again = try await service.call(as: staff, "GET", path + "?purpose=test") {
                $0.set("if-none-match", "\"v1\"")
            }
            #expect(again.status == 200, "the version says nothing of a rating")
            #expect(answer.json["form"]["nationalId"].string == "080199012345")
            #expect(
                answer.json["transitions"].items.map(\.string)
                    == ["processing", "rejected", "cancelled"])
            let noted = try await service.database.script(
                """
                select s.action, s.purpose, c.key_id from staff_actions s
                join clients c on c.client_id = s.client_id where s.subject = '\(code)'
                """)
            #expect(Set(noted.compactMap { $0[1] }) == ["khảo sát", "test"])
            #expect(noted.allSatisfy { $0[0] == "request_read" && $0[2] == staff.keyId })
            for purpose in ["", "?purpose=", "?purpose=ab", "?purpose=%20%20%20%20"] {
                let refused = try await service.call(as: staff, "GET", path + purpose)
                #expect(refused.wrongFields == ["purpose"], "\(purpose)")
            }
            let unknown = try await service.call(
                as: staff, "GET", "/v1/staff/service-requests/K7QM-2FXD-9TRA?purpose=test")
            #expect(unknown.problem == "404 not_found")
            let client = try await service.call("GET", path + "?purpose=test")
            #expect(client.problem == "403 forbidden")
        }
    }
}
