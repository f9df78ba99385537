import JSON
import Testing

@testable import CustomerCare

@Suite("cancelStaffOutage")
struct CancelStaffOutageTests {
    @Test("a published one is seen as cancelled until it would have ended; once is enough")
    func cancelled() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.published(as: staff)
            for _ in 0..<2 {
                let answer = try await service.call(as: staff, "POST", path + "/cancellation")
                #expect(answer.status == 200)
                #expect(answer.json["version"].int == 2)
                #expect(answer.json["cancelledAt"].string == "2026-11-25T10:00:00+07:00")
            }
            #expect(
                try await service.database.count(
                    "outage_scopes",
                    "outage_id = '\(path.suffix(36))' and over_at = '2026-11-25 11:00+07'") == 1)
            let late = try await service.call(as: staff, "POST", path + "/restoration", "{}")
            #expect(late.problem == "409 transition_not_allowed")
        }
    }

    @Test("what reaches many and is published takes two persons; a draft takes one")
    func twoPersons() async throws {
        try await TestService.run { service in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let feeder = try await service.feeder(21)
            let scopes = ["scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#]
            let draft = try await service.draft(as: first, scopes)
            #expect(
                try await service.call(as: first, "POST", draft + "/cancellation").status == 200)
            let path = try await service.draft(as: first, scopes)
            for staff in [first, second] {
                _ = try await service.call(as: staff, "POST", path + "/publication")
            }
            #expect(
                try await service.call(as: first, "POST", path + "/cancellation").status == 202)
            let done = try await service.call(as: second, "POST", path + "/cancellation")
            #expect(done.status == 200)
        }
    }

    @Test("nobody without the scope cancels, and what is not there is not found")
    func refused() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let unknown = TestStaffOutage.path + "/\(TestRequest.unknownId())/cancellation"
            #expect(try await service.call(as: staff, "POST", unknown).problem == "404 not_found")
            #expect(try await service.call("POST", unknown).problem == "403 forbidden")
        }
    }
}
