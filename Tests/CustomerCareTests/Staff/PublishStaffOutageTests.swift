import JSON
import Testing

@testable import CustomerCare

@Suite("publishStaffOutage")
struct PublishStaffOutageTests {
    @Test("what is published is seen and told, its changes too, from draft to the end")
    func journey() async throws {
        try await FakeZalo.run { service, fake in
            let staff = try await service.newStaff()
            let account = try await service.correspondent("an")
            let customer = try await service.add(try TestCustomer())
            try await service.follow(customer, as: account)
            try await service.database.script("delete from outbox")
            let scopes = [
                "scopes": #"[{"kind":"customerCode","value":"\#(customer.code)"}]"#,
                "start": "\"2026-11-25T12:00:00+07:00\"",
                "expectedEnd": "\"2026-11-25T15:00:00+07:00\"",
            ]
            let path = try await service.draft(as: staff, scopes)
            func tell() async throws {
                try await service.announce()
                service.clock.advance(seconds: 20)
                try await service.sendMessages()
            }
            try await tell()
            #expect(fake.taken.isEmpty)
            let published = try await service.call(as: staff, "POST", path + "/publication")
            #expect(published.status == 200)
            #expect(published.json["publishedAt"].string == "2026-11-25T10:00:20+07:00")
            let again = try await service.call(as: staff, "POST", path + "/publication")
            #expect(again.status == 200)
            try await tell()
            let seen = try await service.call(
                "GET", "\(account)/customers/\(customer.code)/outages")
            #expect(seen.json["items"][0]["status"].string == "scheduled")
            var later = scopes.mapValues { Optional($0) }
            later["expectedEnd"] = "\"2026-11-25T16:00:00+07:00\""
            let changed = try await service.call(
                as: staff, "PUT", path, TestStaffOutage.body(later)
            ) { $0.set("if-match", "\"v1\"") }
            #expect(changed.status == 200)
            try await tell()
            try service.clock.set("2026-11-25T14:00:00")
            let restored = try await service.call(
                as: staff, "POST", path + "/restoration",
                #"{"restoredAt":"2026-11-25T13:30:00+07:00"}"#)
            #expect(restored.status == 200)
            #expect(restored.json["version"].int == 3)
            try await tell()
            let beginnings = fake.taken.map { String($0.text.prefix { $0 != "(" && $0 != ":" }) }
            #expect(
                beginnings == [
                    "Thông báo ngừng cấp điện ", "Thay đổi lịch ngừng cấp điện ", "Đã có điện lại",
                ])
        }
    }

    @Test("what reaches many is published by two persons")
    func twoPersons() async throws {
        try await TestService.run { service in
            let first = try await service.newStaff()
            let second = try await service.newStaff()
            let feeder = try await service.feeder(21)
            let path = try await service.draft(
                as: first, ["scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#])
            for _ in 0..<2 {
                let proposed = try await service.call(as: first, "POST", path + "/publication")
                #expect(proposed.status == 202)
                #expect(proposed.json["publishedAt"].isNull)
            }
            // A draft that was changed since is another one.
            _ = try await service.call(
                as: first, "PUT", path,
                TestStaffOutage.body(["scopes": #"[{"kind":"feeder","value":"\#(feeder)"}]"#])
            ) { $0.set("if-match", "\"v1\"") }
            #expect(
                try await service.call(as: second, "POST", path + "/publication").status == 202)
            let published = try await service.call(as: first, "POST", path + "/publication")
            #expect(published.status == 200)
            #expect(
                try await service.database.count(
                    "staff_actions",
                    "subject = '\(path.suffix(36))' and action = 'outage_published'") == 1)
        }
    }

    @Test("what was cancelled is not published, what is not there not found")
    func refused() async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let path = try await service.draft(as: staff)
            _ = try await service.call(as: staff, "POST", path + "/cancellation")
            let late = try await service.call(as: staff, "POST", path + "/publication")
            #expect(late.problem == "409 transition_not_allowed")
            let unknown = TestStaffOutage.path + "/\(TestRequest.unknownId())/publication"
            #expect(try await service.call(as: staff, "POST", unknown).problem == "404 not_found")
            #expect(
                try await service.call("POST", path + "/publication").problem == "403 forbidden")
        }
    }
}
