import Testing

@testable import CustomerCare

@Suite("transitionServiceRequest")
struct TransitionServiceRequestTests {
    private static let states = ServiceRequestState.allCases

    @Test("only the steps of the contract are taken", arguments: states)
    func steps(from: ServiceRequestState) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            for to in Self.states {
                let code = try await service.newRequest(of: account)
                let completed = from == .completed ? "'2026-11-25 09:00+07'" : "null"
                try await service.database.script(
                    """
                    update service_requests set state = '\(from.rawValue)',
                        completed_at = \(completed) where tracking_code = '\(code)'
                    """)
                let answer = try await service.move(
                    code, to: to.rawValue, version: 1, as: staff, #","publicNote":"Vì sao""#)
                let isAllowed = from.nextByStaff.contains(to)
                #expect(
                    answer.problem == (isAllowed ? "200" : "409 transition_not_allowed"),
                    "\(from) to \(to)")
                let now = try await service.request(code, of: account)
                #expect(now.json["state"].string == (isAllowed ? to : from).rawValue)
                #expect(now.json["history"].items.count == (isAllowed ? 2 : 1))
            }
        }
    }

    @Test("whoever has not seen the present version changes nothing")
    func versions() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let path = "/v1/staff/service-requests/\(code)/transitions"
            let blind = try await service.call(
                as: staff, "POST", path, #"{"state":"processing"}"#)
            #expect(blind.problem == "428 precondition_required")
            let stale = try await service.move(code, to: "processing", version: 2, as: staff)
            #expect(stale.problem == "412 precondition_failed")
            let weak = try await service.call(
                as: staff, "POST", path, #"{"state":"processing"}"#
            ) { $0.set("if-match", "W/\"v1\"") }
            #expect(weak.problem == "412 precondition_failed")
            let right = try await service.move(code, to: "processing", version: 1, as: staff)
            #expect(right.status == 200)
            #expect(right.headers["etag"] == "\"v2\"")
            let noted = try await service.database.script(
                "select action from staff_actions where subject = '\(code)' order by 1")
            #expect(noted == [["request_changed"], ["request_read"]])
        }
    }

    @Test("of ten members of staff with the same version one wins")
    func race() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let answers = try await service.atOnce(10) { _ in
                try await service.move(code, to: "processing", version: 1, as: staff)
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            #expect(answers.filter { $0.status == 412 }.count == 9)
        }
    }

    @Test("who refuses, or asks for something, says why")
    func reasons() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let rejected = try await service.move(code, to: "rejected", version: 1, as: staff)
            #expect(rejected.wrongFields == ["#/publicNote"])
            let unknown = try await service.move(code, to: "done", version: 1, as: staff)
            #expect(unknown.wrongFields == ["#/state"])
            let client = try await service.call(
                "POST", "/v1/staff/service-requests/\(code)/transitions",
                #"{"state":"processing"}"#)
            #expect(client.problem == "403 forbidden")
        }
    }
}
