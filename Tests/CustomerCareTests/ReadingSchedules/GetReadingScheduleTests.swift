import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Get the reading schedule")
struct GetReadingScheduleTests {
    private static func schedule(
        _ kind: String, _ value: String, _ month: String, _ date: String, from moved: String? = nil,
        in service: TestService
    ) async throws {
        let former = moved.map { "'\($0)'" } ?? "null"
        try await service.database.script(
            """
            insert into reading_schedules values ('\(kind)', '\(value)', '\(month)-01', 1,
                '\(date)', \(former), '2026-11-20 08:00+07')
            """)
    }

    @Test("the day of the route book is told, and that of the code alone before it")
    func reading() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let book = "S-\(customer.code)"
            let path = try await service.followed(customer) + "/reading-schedule"
            try await service.link(customer.code, "routeBook", book)
            try await Self.schedule("routeBook", book, "2026-11", "2026-11-18", in: service)
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(answer.json["month"].string == "2026-11")
            #expect(answer.json["reading"]["date"].string == "2026-11-18")
            #expect(answer.json["reading"]["routeBook"].string == book)
            #expect(answer.json["reading"]["movedFrom"].isNull)
            #expect(answer.json["reason"].isNull)
            #expect(answer.json["asOf"].string == "2026-11-20T08:00:00+07:00")
            try await Self.schedule(
                "customerCode", customer.code.text, "2026-11", "2026-11-19", from: "2026-11-18",
                in: service)
            let moved = try await service.call("GET", path + "?month=2026-11")
            #expect(moved.json["reading"]["date"].string == "2026-11-19")
            #expect(moved.json["reading"]["movedFrom"].string == "2026-11-18")
            #expect(moved.json["reading"]["routeBook"].isNull)
        }
    }

    @Test("without a day there is the reason")
    func none() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer) + "/reading-schedule?month=2026-12"
            let loose = try await service.call("GET", path)
            #expect(loose.status == 200)
            #expect(loose.json["reading"].isNull)
            #expect(loose.json["reason"].string == "no_route_book")
            try await service.link(customer.code, "routeBook", "S-\(customer.code)")
            let untold = try await service.call("GET", path)
            #expect(untold.json["reading"].isNull)
            #expect(untold.json["reason"].string == "not_scheduled")
        }
    }

    @Test("a customer who changes the route book is read by the one of the month's end")
    func change() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer) + "/reading-schedule"
            let books = ["S1-\(customer.code)", "S2-\(customer.code)"]
            try await service.link(customer.code, "routeBook", books[0], to: "2026-11-30")
            try await service.link(customer.code, "routeBook", books[1], from: "2026-12-01")
            for (book, day) in zip(books, ["05", "25"]) {
                for month in ["2026-11", "2026-12"] {
                    try await Self.schedule(
                        "routeBook", book, month, "\(month)-\(day)", in: service)
                }
            }
            for (month, date) in [("2026-11", "2026-11-05"), ("2026-12", "2026-12-25")] {
                let answer = try await service.call("GET", path + "?month=\(month)")
                #expect(answer.json["reading"]["date"].string == date)
            }
        }
    }

    @Test(
        "the month is that of Vietnam",
        arguments: [
            ("2026-11-30T23:59:59", "2026-11"), ("2026-12-01T00:00:00", "2026-12"),
            ("2026-12-31T23:59:59", "2026-12"), ("2027-01-01T00:00:00", "2027-01"),
            ("2028-02-29T23:59:59", "2028-02"),
        ])
    func month(now: String, month: String) async throws {
        try await TestService.run(at: now) { service in
            let path = try await service.followed(try TestCustomer()) + "/reading-schedule"
            #expect(try await service.call("GET", path).json["month"].string == month)
        }
    }

    @Test("a stranger, a caller without a signature and a malformed month see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/reading-schedule"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            for month in ["2026-13", "11/2026", "", "2026-11-01"] {
                let answer = try await service.call("GET", path + "?month=\(month)")
                #expect(answer.problem == "422 invalid_request")
                #expect(answer.wrongFields == ["month"])
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
