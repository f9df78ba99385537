import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("List outages")
struct ListOutagesTests {
    /// What a list shows of each outage.
    private static func ids(_ json: JSONValue) -> [String?] {
        json["items"].items.map { $0["outageId"].string }
    }

    @Test("what touches the code, its transformer, feeder, route book or area is listed, once")
    func scopes() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let code = customer.code.text
            let path = try await service.followed(customer) + "/outages"
            var expected: [String] = []
            var day = 26
            for kind in ["area", "routeBook", "feeder", "transformer"] {
                try await service.link(customer.code, kind, "\(kind)-\(code)")
                expected.append(
                    try await service.add(
                        TestOutage(
                            "2026-11-\(day) 08:00", "2026-11-\(day) 11:00",
                            scopes: [(kind, "\(kind)-\(code)"), (kind, "another")])))
                day += 1
            }
            // By several scopes: the narrowest is told.
            expected.append(
                try await service.add(
                    TestOutage(
                        "2026-11-30 08:00", "2026-11-30 11:00",
                        scopes: [("area", "area-\(code)"), ("customerCode", code)])))
            try await service.add(
                TestOutage(
                    "2026-11-26 08:00", "2026-11-26 11:00",
                    scopes: [("feeder", "transformer-\(code)"), ("customerCode", "PB06990000000")]))
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(Self.ids(answer.json) == expected)
            #expect(
                answer.json["items"].items.map { $0["matchedBy"].string }
                    == ["area", "routeBook", "feeder", "transformer", "customerCode"])
            let first = answer.json["items"][0]
            #expect(first["kind"].string == "planned")
            #expect(first["status"].string == "scheduled")
            #expect(first["start"].string == "2026-11-26T08:00:00+07:00")
            #expect(first["expectedEnd"].string == "2026-11-26T11:00:00+07:00")
            #expect(first["place"].string == "Phường 1, Tân An")
            #expect(first["reason"].string == "Bảo trì")
            #expect(first["version"].int == 1)
            #expect(first["restoredAt"].isNull && first["cancelledAt"].isNull)
            #expect(first["expectedEnds"][0]["version"].int == 1)
        }
    }

    @Test("a link counts on the days on which it holds")
    func links() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer) + "/outages?from=2026-11-01"
            let (old, new) = ("old-\(customer.code)", "new-\(customer.code)")
            try await service.link(customer.code, "feeder", old, to: "2026-11-20")
            try await service.link(customer.code, "feeder", new, from: "2026-11-21")
            var expected: [String] = []
            for (day, feeder, isTold) in [
                ("20", old, true), ("20", new, false), ("21", old, false), ("21", new, true),
            ] {
                // Before 07:00 in Vietnam it is still the day before in UTC.
                let id = try await service.add(
                    TestOutage(
                        "2026-11-\(day) 00:30", "2026-11-\(day) 05:00",
                        scopes: [("feeder", feeder)]))
                if isTold { expected.append(id) }
            }
            #expect(Self.ids(try await service.call("GET", path).json) == expected)
        }
    }

    @Test("what is over is hidden unless the days are asked for; cancelled ones stay, marked")
    func past() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let customer = try TestCustomer()
            let scope = [("customerCode", customer.code.text)]
            let path = try await service.followed(customer) + "/outages"
            let over = try await service.add(
                TestOutage("2026-11-25 07:00", "2026-11-25 09:59", scopes: scope))
            let running = try await service.add(
                TestOutage("2026-11-25 08:00", "2026-11-25 10:01", scopes: scope))
            var fault = TestOutage("2026-11-23 08:00", "2026-11-23 12:00", scopes: scope)
            fault.kind = "unplanned"
            let unmended = try await service.add(fault)
            fault.start = "2026-11-24 08:00"
            fault.expectedEnd = nil
            fault.restored = "2026-11-24 10:00"
            let mended = try await service.add(fault)
            var withdrawn = TestOutage("2026-11-27 08:00", "2026-11-27 12:00", scopes: scope)
            withdrawn.cancelled = "2026-11-24 10:00"
            let cancelled = try await service.add(withdrawn)
            withdrawn.isDraft = true
            try await service.add(withdrawn)
            let now = try await service.call("GET", path)
            #expect(Self.ids(now.json) == [unmended, running, cancelled])
            #expect(
                now.json["items"].items.map { $0["status"].string }
                    == ["ongoing", "ongoing", "cancelled"])
            #expect(now.json["from"].string == "2026-11-25")
            #expect(now.json["to"].string == "2027-02-24")
            let all = try await service.call("GET", path + "?from=2026-11-24&to=2026-11-25")
            #expect(Self.ids(all.json) == [unmended, mended, over, running])
            #expect(
                all.json["items"].items.map { $0["status"].string }
                    == ["ongoing", "restored", "ended", "ongoing"])
            let earlier = try await service.call("GET", path + "?to=2026-11-24")
            #expect(Self.ids(earlier.json) == [unmended, mended])
            #expect(earlier.json["from"].string == "2026-11-24")
        }
    }

    @Test(
        "an outage over midnight belongs to both days",
        arguments: [
            ("2026-11-30", "2026-12-01"), ("2026-12-31", "2027-01-01"),
            ("2028-02-28", "2028-02-29"),
            ("2028-02-29", "2028-03-01"),
        ])
    func midnight(evening: String, morning: String) async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer) + "/outages"
            let id = try await service.add(
                TestOutage(
                    "\(evening) 23:59", "\(morning) 00:01",
                    scopes: [("customerCode", customer.code.text)]))
            for day in [evening, morning] {
                let answer = try await service.call("GET", path + "?from=\(day)&to=\(day)")
                #expect(Self.ids(answer.json) == [id], "\(day)")
            }
            let before = try #require(LocalDate(evening)).advanced(byDays: -1)
            let after = try #require(LocalDate(morning)).advanced(byDays: 1)
            for day in [before, after] {
                let answer = try await service.call("GET", path + "?from=\(day)&to=\(day)")
                #expect(Self.ids(answer.json).isEmpty, "\(day)")
            }
        }
    }

    @Test("midnight in Vietnam ends the day, not midnight in UTC")
    func today() async throws {
        try await TestService.run(at: "2026-11-25T23:59:59") { service in
            let path = try await service.followed(try TestCustomer()) + "/outages"
            #expect(try await service.call("GET", path).json["from"].string == "2026-11-25")
            service.clock.advance(seconds: 1)
            #expect(try await service.call("GET", path).json["from"].string == "2026-11-26")
        }
    }

    @Test("an empty list says until when it says something")
    func horizon() async throws {
        // A horizon is that of a unit, which all other tests share.
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let path = try await service.followed(try TestCustomer()) + "/outages"
            let unknown = try await service.call("GET", path)
            #expect(unknown.json["items"].items.isEmpty)
            #expect(unknown.json["knownUntil"].isNull)
            try await service.database.script(
                """
                insert into outage_horizons values ('PB0699', '2026-12-05', '2026-11-25 06:00+07')
                """)
            let known = try await service.call("GET", path)
            #expect(known.json["knownUntil"].string == "2026-12-05")
            #expect(known.json["asOf"].string == "2026-11-25T06:00:00+07:00")
        }
    }

    @Test("a wrong window is refused with the parameter's name")
    func window() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/outages"
            for (query, fields) in [
                ("?from=2026-11-26&to=2026-11-25", ["from"]),
                ("?from=2026-11-01&to=2027-02-01", ["to"]), ("?to=2027-02-25", ["to"]),
                ("?from=2026-02-30&to=x", ["from", "to"]), ("?from=", ["from"]),
                ("?from=2026-11-25&from=2026-11-26", ["from"]),
            ] {
                let answer = try await service.call("GET", path + query)
                #expect(answer.problem == "422 invalid_request", "\(query)")
                #expect(answer.wrongFields == fields, "\(query)")
            }
            for query in ["?from=2026-11-01&to=2027-01-31", "?to=2027-02-24", "?to=2020-01-01"] {
                #expect(try await service.call("GET", path + query).status == 200, "\(query)")
            }
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/outages"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
