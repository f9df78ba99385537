import Electricity
import Testing

@testable import CustomerCare

@Suite("The watch over reports of outages")
struct OutageReportWatchTests {
    @Test("a report that was told a known outage is completed when it is over, step by step")
    func completed() async throws {
        try await TestService.run(
            at: "2026-11-25T10:00:00", on: try await TestDatabase.make()
        ) { service in
            let (account, code) = try await service.reporter()
            try await service.add(
                TestOutage(
                    "2026-11-25 08:00", "2026-11-25 11:00",
                    scopes: [("customerCode", code.text)]))
            let made = try await service.report(code, as: account)
            let tracking = try #require(made.json["trackingCode"].string)
            try await service.watchOutageReports()
            #expect(
                try await service.request(tracking, of: account).json["state"].string
                    == "received")
            try service.clock.set("2026-11-25T11:00:00")
            try await service.watchOutageReports()
            let over = try await service.request(tracking, of: account)
            #expect(
                over.json["history"].items.map { $0["state"].string }
                    == ["received", "processing", "completed"])
            #expect(over.json["history"][2]["by"].string == "system")
            #expect(over.json["completedAt"].string == "2026-11-25T11:00:00+07:00")
            try await service.watchOutageReports()
            let again = try await service.request(tracking, of: account)
            #expect(again.body == over.body)
        }
    }

    @Test("what was cancelled, is not mended or has ended already is left alone")
    func leftAlone() async throws {
        try await TestService.run(
            at: "2026-11-25T10:00:00", on: try await TestDatabase.make()
        ) { service in
            let (faulty, fault) = try await service.reporter()
            var running = TestOutage(
                "2026-11-25 08:00", nil, scopes: [("customerCode", fault.text)])
            running.kind = "unplanned"
            try await service.add(running)
            let open = try await service.report(fault, as: faulty)
            let (account, code) = try await service.reporter()
            try await service.add(
                TestOutage(
                    "2026-11-25 08:00", "2026-11-25 11:00",
                    scopes: [("customerCode", code.text)]))
            let taken = try await service.report(code, as: account)
            let tracking = try #require(taken.json["trackingCode"].string)
            _ = try await service.post("cancel", tracking, of: account)
            try service.clock.set("2026-11-26T11:00:00")
            try await service.watchOutageReports()
            let still = try await service.request(
                try #require(open.json["trackingCode"].string), of: faulty)
            #expect(still.json["state"].string == "received")
            #expect(
                try await service.request(tracking, of: account).json["state"].string
                    == "cancelled")
        }
    }
}
