import Testing

@testable import CustomerCare

@Suite("completeOutageIncident")
struct CompleteOutageIncidentTests {
    @Test("completing an incident completes every open report in it, step by step")
    func completed() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let transformer = "T-" + TestRequest.unique()
            var reports: [(account: String, code: String)] = []
            for _ in 0..<3 {
                let (account, code) = try await service.reporter()
                try await service.link(code, "transformer", transformer)
                let answer = try await service.report(code, as: account)
                reports.append((account, try #require(answer.json["trackingCode"].string)))
            }
            _ = try await service.post("cancel", reports[0].code, of: reports[0].account)
            _ = try await service.move(reports[1].code, to: "processing", version: 1, as: staff)
            let path = try await service.completionPath(transformer)
            let answer = try await service.call(
                as: staff, "POST", path, #"{"publicNote":"Đã có điện"}"#)
            #expect(answer.status == 200)
            #expect(answer.json["state"].string == "completed")
            let states = [
                ["received", "cancelled"], ["received", "processing", "completed"],
                ["received", "processing", "completed"],
            ]
            for (report, expected) in zip(reports, states) {
                let now = try await service.request(report.code, of: report.account)
                #expect(now.json["history"].items.map { $0["state"].string } == expected)
                #expect(now.json["state"].string == expected.last)
            }
            for (report, count) in zip(reports, [0, 1, 1]) {
                let told = try await service.database.count(
                    "outbox",
                    "topic = 'outage_report' and parameters->>'trackingCode' = '\(report.code)'"
                        + " and parameters->>'state' = 'completed'"
                        + " and parameters->>'note' = 'Đã có điện'")
                #expect(told == count)
            }
            let last = try await service.request(reports[2].code, of: reports[2].account)
            #expect(last.json["history"][2]["note"].string == "Đã có điện")
            let again = try await service.call(as: staff, "POST", path, "{}")
            #expect(again.body == answer.body)
            // The next report begins another incident.
            let (account, code) = try await service.reporter()
            try await service.link(code, "transformer", transformer)
            _ = try await service.report(code, as: account)
            let count = try await service.database.script(
                "select count(*) from outage_incidents where transformer = '\(transformer)'")
            #expect(count == [["2"]])
        }
    }

    @Test("an incident that reaches many needs two persons")
    func twoPersons() async throws {
        try await TestService.run { service in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let transformer = "T-" + TestRequest.unique()
            let (account, code) = try await service.reporter()
            try await service.link(code, "transformer", transformer)
            let report = try await service.report(code, as: account)
            let tracking = try #require(report.json["trackingCode"].string)
            try await service.database.script(
                "update outage_incidents set customer_count = 21 "
                    + "where transformer = '\(transformer)'")
            let path = try await service.completionPath(transformer)
            for _ in 0..<2 {
                let proposed = try await service.call(as: first, "POST", path, "{}")
                #expect(proposed.status == 202)
                #expect(proposed.json["isProposed"].bool == true)
                #expect(proposed.json["state"].string == "open")
            }
            let other = try await service.call(
                as: second, "POST", path, #"{"publicNote":"Của riêng tôi"}"#)
            #expect(other.status == 202, "nobody alone decides what many are told")
            #expect(other.json["proposedNote"].string == "Của riêng tôi")
            let back = try await service.call(as: first, "POST", path, "{}")
            #expect(back.status == 202)
            let waiting = try await service.request(tracking, of: account)
            #expect(waiting.json["state"].string == "received")
            let confirmed = try await service.call(as: second, "POST", path, "{}")
            #expect(confirmed.status == 200)
            #expect(confirmed.json["state"].string == "completed")
            let done = try await service.request(tracking, of: account)
            #expect(done.json["state"].string == "completed")
            let id = try #require(confirmed.json["incidentId"].string)
            let noted = try await service.database.script(
                "select action from staff_actions where subject = '\(id)' order by happened_at, 1")
            #expect(
                noted.compactMap { $0[0] }.sorted() == [
                    "incident_completed", "incident_completion_proposed",
                    "incident_completion_proposed", "incident_completion_proposed",
                    "incident_completion_proposed",
                ])
        }
    }

    @Test("an incident that is not there is 404, a wrong id and note are named")
    func refused() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = "/v1/staff/outage-incidents/"
            let unknown = try await service.call(
                as: staff, "POST", path + TestRequest.unknownId() + "/completion", "{}")
            #expect(unknown.problem == "404 not_found")
            let wrong = try await service.call(as: staff, "POST", path + "x/completion", "{}")
            #expect(wrong.wrongFields == ["incident"])
            let note = try await service.call(
                as: staff, "POST", path + TestRequest.unknownId() + "/completion",
                #"{"publicNote":""}"#)
            #expect(note.wrongFields == ["#/publicNote"])
        }
    }
}

extension TestService {
    /// Where the open incident of a transformer is completed.
    fileprivate func completionPath(_ transformer: String) async throws -> String {
        let rows = try await database.script(
            "select incident_id from outage_incidents "
                + "where transformer = '\(transformer)' and state = 'open'")
        let id = try #require(rows.first?[0])
        return "/v1/staff/outage-incidents/\(id)/completion"
    }
}
