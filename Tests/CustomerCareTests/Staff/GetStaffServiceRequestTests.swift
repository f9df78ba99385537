import Testing

@testable import CustomerCare

@Suite("getStaffServiceRequest")
struct GetStaffServiceRequestTests {
    @Test("staff read the form, and who did and why is noted down where nobody can change it")
    func read() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let made = try await service.ask(
                "new-supply", TestService.newSupplyForm, as: account)
            let code = try #require(made.json["trackingCode"].string)
            let path = "/v1/staff/service-requests/\(code)"
            let answer = try await service.call(
                as: staff, "GET", path + "?purpose=kh%E1%BA%A3o%20s%C3%A1t")
            #expect(answer.status == 200)
            #expect(answer.headers["etag"] == "\"v1\"")
            #expect(answer.json["form"]["nationalId"].string == "080199012345")
            #expect(
                answer.json["transitions"].items.map(\.string)
                    == ["processing", "rejected", "cancelled"])
            let noted = try await service.database.script(
                """
                select s.action, s.purpose, c.key_id from staff_actions s
                join clients c on c.client_id = s.client_id where s.subject = '\(code)'
                """)
            #expect(noted == [["request_read", "khảo sát", staff.keyId]])
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
