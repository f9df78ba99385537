import JSON
import Testing

@testable import CustomerCare

@Suite("restoreStaffOutage")
struct RestoreStaffOutageTests {
    @Test("power is back since an instant, or now; once is enough")
    func restored() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.published(as: staff) + "/restoration"
            for (body, field) in [
                (#"{"restoredAt":"2026-11-25T08:59:59+07:00"}"#, "#/restoredAt"),
                (#"{"restoredAt":"2026-11-25T10:00:01+07:00"}"#, "#/restoredAt"),
                (#"{"restoredAt":"now"}"#, "#/restoredAt"),
            ] {
                let answer = try await service.call(as: staff, "POST", path, body)
                #expect(answer.wrongFields == [field])
            }
            for _ in 0..<2 {
                let answer = try await service.call(as: staff, "POST", path, "{}")
                #expect(answer.status == 200)
                #expect(answer.json["restoredAt"].string == "2026-11-25T10:00:00+07:00")
                #expect(answer.json["version"].int == 2)
            }
        }
    }

    @Test("a draft, and one that has not begun, cannot be over; what reaches many takes two")
    func refused() async throws {
        try await TestService.run { service in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let draft = try await service.draft(as: first)
            let early = try await service.call(as: first, "POST", draft + "/restoration", "{}")
            #expect(early.problem == "409 transition_not_allowed")
            let feeder = try await service.feeder(21)
            let path = try await service.draft(
                as: first,
                [
                    "scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#,
                    "start": "\"2026-11-25T09:00:00+07:00\"",
                    "expectedEnd": "\"2026-11-25T11:00:00+07:00\"",
                ])
            for staff in [first, second] {
                _ = try await service.call(as: staff, "POST", path + "/publication")
            }
            #expect(
                try await service.call(as: first, "POST", path + "/restoration", "{}").status
                    == 202)
            // Another instant is another proposal.
            #expect(
                try await service.call(
                    as: second, "POST", path + "/restoration",
                    #"{"restoredAt":"2026-11-25T09:30:00+07:00"}"#
                ).status == 202)
            let done = try await service.call(
                as: first, "POST", path + "/restoration",
                #"{"restoredAt":"2026-11-25T09:30:00+07:00"}"#)
            #expect(done.status == 200)
            let unknown = TestStaffOutage.path + "/\(TestRequest.unknownId())/restoration"
            #expect(
                try await service.call(as: first, "POST", unknown, "{}").problem
                    == "404 not_found")
            #expect(try await service.call("POST", unknown, "{}").problem == "403 forbidden")
        }
    }
}
