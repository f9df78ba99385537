import Electricity
import JSON
import Postgres
import Testing

@testable import CustomerCare

/// The next reading day is that of the schedule where it knows one (docs/decisions/0025).
@Suite("The next reading day")
struct NextReadingDayTests {
    /// What every answer says that tells it.
    private static func told(
        of customer: TestCustomer, at path: String, as staff: TestClient, in service: TestService
    ) async throws -> Set<String?> {
        var days: Set<String?> = []
        for rest in ["/bills/current", "/bills/2026-09"] {
            days.insert(try await service.call("GET", path + rest).json["nextReadingDate"].string)
        }
        let forecast = try await service.call("GET", path + "/forecast").json
        days.insert(forecast["expectedPeriodEnd"].string)
        let found = try await service.call(
            as: staff, "POST", "/v1/staff/customer-searches",
            #"{"customerCode":"\#(customer.code)","purpose":"kiểm tra"}"#)
        days.insert(found.json["items"][0]["nextReadingDate"].string)
        return days
    }

    /// Brings the days in step with what was written by hand.
    private static func follow(in service: TestService) async throws {
        let month = ReadingDays.firstMonth(at: service.clock.now)
        _ = try await TestLoop.run(connection: service.database.ownerURL) { database in
            try await database.transaction {
                (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                try await transaction.run(ReadingDays.ofAll, month)
            }
        }
    }

    /// A customer whose meter was read on 5 November and is told to be read on 5 December.
    private static func customer() throws -> TestCustomer {
        var customer = try TestCustomer()
        var bill = TestBill("2026-10")
        bill.period = ("2026-10-06", "2026-11-05")
        customer.bills = [bill]
        customer.nextReadingOn = LocalDate("2026-12-05")
        return customer
    }

    private static func schedule(
        _ kind: String, _ value: String, _ month: String, _ day: String, in service: TestService
    ) async throws {
        try await service.database.script(
            """
            insert into reading_schedules values ('\(kind)', '\(value)', '\(month)-01', 1,
                '\(day)', null, '2026-11-20 08:00+07')
            """)
    }

    @Test(
        "a day of the route book goes before what the customer's record says, and one's own first")
    func schedules() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            let customer = try Self.customer()
            let path = try await service.followed(customer)
            func told() async throws -> Set<String?> {
                try await Self.follow(in: service)
                return try await Self.told(of: customer, at: path, as: staff, in: service)
            }
            #expect(try await told() == ["2026-12-05"])
            // A book that nobody stands in, and one whose day is over.
            try await Self.schedule("routeBook", "S9", "2026-12", "2026-12-01", in: service)
            try await service.link(customer.code, "routeBook", "S1")
            try await Self.schedule("routeBook", "S1", "2026-11", "2026-11-24", in: service)
            #expect(try await told() == ["2026-12-05"])
            try await Self.schedule("routeBook", "S1", "2026-12", "2026-12-08", in: service)
            #expect(try await told() == ["2026-12-08"])
            try await Self.schedule("routeBook", "S1", "2027-01", "2027-01-02", in: service)
            #expect(try await told() == ["2026-12-08"])
            try await Self.schedule(
                "customerCode", customer.code.text, "2026-12", "2026-12-10", in: service)
            #expect(try await told() == ["2026-12-10"])
            let answer = try await service.call("GET", path + "/reading-schedule?month=2026-12")
            #expect(answer.json["reading"]["date"].string == "2026-12-10")
        }
    }

    @Test(
        "the day itself is the next one until it is over in Vietnam, and one's own stays one's own",
        arguments: [
            ("2026-12-04T23:59:59", "2026-12-05"), ("2026-12-05T00:00:00", "2026-12-05"),
            ("2026-12-05T23:59:59", "2026-12-05"),
            // The book's day of that month is not for this customer any more.
            ("2026-12-06T00:00:00", "2027-01-07"), ("2027-01-07T23:59:59", "2027-01-07"),
            // The schedule knows none: what the record says, though it is over.
            ("2027-01-08T00:00:00", "2026-12-01"),
        ])
    func days(now: String, day: String) async throws {
        try await TestService.run(at: now, on: try await TestDatabase.make()) { service in
            var customer = try TestCustomer()
            customer.nextReadingOn = LocalDate("2026-12-01")
            let path = try await service.followed(customer)
            let book = "S-\(customer.code)"
            try await service.link(customer.code, "routeBook", book)
            try await Self.schedule("routeBook", book, "2026-12", "2026-12-07", in: service)
            try await Self.schedule("routeBook", book, "2027-01", "2027-01-07", in: service)
            try await Self.schedule(
                "customerCode", customer.code.text, "2026-12", "2026-12-05", in: service)
            try await Self.follow(in: service)
            let answer = try await service.call("GET", path + "/bills/current")
            #expect(answer.json["nextReadingDate"].string == day)
        }
    }

    @Test("who changes the route book is read by the newest of each month, as the schedule tells")
    func change() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let books = ["S1-\(customer.code)", "S2-\(customer.code)"]
            try await service.link(customer.code, "routeBook", books[0], to: "2026-12-15")
            try await service.link(customer.code, "routeBook", books[1], from: "2026-12-16")
            for (book, day) in zip(books, ["05", "25"]) {
                for month in ["2026-12", "2027-01"] {
                    try await Self.schedule(
                        "routeBook", book, month, "\(month)-\(day)", in: service)
                }
            }
            try await Self.follow(in: service)
            let bill = try await service.call("GET", path + "/bills/current").json
            let schedule = try await service.call("GET", path + "/reading-schedule?month=2026-12")
            #expect(bill["nextReadingDate"].string == "2026-12-25")
            #expect(schedule.json["reading"]["date"].string == "2026-12-25")
        }
    }

    @Test("in whichever order the imports arrive, the answer is the same", arguments: 0..<6)
    func orders(order: Int) async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let customer = try Self.customer()
            let path = try await service.followed(customer)
            let code = customer.code
            let lines: [(ImportKind, String)] = [
                (
                    .customers,
                    #"{"customerCode":"\#(code)","holderName":"\#(customer.name)","#
                        + #""address":"x","usagePurpose":"residential","#
                        + #""nationalId":"\#(customer.nationalId ?? "")","#
                        + #""contractStatus":"active","unitCode":"PB0699","#
                        + #""nextReadingOn":"2026-12-06"}"#
                ),
                (
                    .networkLinks,
                    #"{"customerCode":"\#(code)","kind":"routeBook","value":"S1","#
                        + #""validFrom":"2026-01-01"}"#
                ),
                (
                    .readingSchedules,
                    #"{"kind":"routeBook","value":"S1","month":"2026-12","#
                        + #""readingOn":"2026-12-09"}"#
                ),
            ]
            let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
            for index in orders[order] {
                let (kind, line) = lines[index]
                let held = try await service.hold(
                    kind, [line], as: importer, asOf: "2026-11-25T10:0\(index + 1):00+07:00")
                let done = try await service.commit(held.path, as: importer)
                try #require(done["state"].string == "committed")
            }
            let answer = try await service.call("GET", path + "/bills/current")
            #expect(answer.json["nextReadingDate"].string == "2026-12-09")
        }
    }

    @Test("reading days and links that are put into use at once do not miss each other")
    func atOnce() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let importer = try await service.newImporter()
            let code = try await service.add(try TestCustomer()).code
            let days = try await service.hold(
                .readingSchedules,
                [
                    #"{"kind":"routeBook","value":"S1","month":"2026-12","#
                        + #""readingOn":"2026-12-09"}"#
                ], as: importer, asOf: "2026-11-25T10:01:00+07:00")
            service.clock.advance(seconds: 1)
            let links = try await service.hold(
                .networkLinks,
                [
                    #"{"customerCode":"\#(code)","kind":"routeBook","value":"S1","#
                        + #""validFrom":"2026-01-01"}"#
                ], as: importer, asOf: "2026-11-25T10:01:00+07:00")
            let commit = try await service.call(as: importer, "POST", days.path + "/commit")
            #expect(commit.status == 202)
            // Another instance is about to end the step of the links.
            let id = links.path.dropFirst("/v1/imports/".count)
            try await service.database.script(
                "update imports set state = 'committing' where import_id = '\(id)'")
            try await TestLoop.run(connection: service.database.ownerURL) { owner in
                let other = try await owner.openBulkLink()
                defer { other.close() }
                try await other.execute(
                    script: """
                        begin;
                        update imports set state = 'committed' where import_id = '\(id)';
                        insert into network_links
                            values ('\(code)', 'routeBook', 'S1', '2026-01-01')
                        """)
                async let worked: Void = service.workOnImports()
                var waiting = 0
                for _ in 0..<1_000 where waiting == 0 {
                    waiting = try await service.database.count(
                        "pg_locks l join pg_stat_activity a on a.pid = l.pid",
                        "a.datname = current_database() and not l.granted")
                }
                #expect(waiting == 1)
                try await other.execute(script: "commit")
                try await worked
            }
            #expect(
                try await service.database.script("select customer_code, days from reading_days")
                    == [[code.text, "{2026-12-09}"]])
        }
    }

    @Test("all that write the days follow the same rule, and all that read them read the same")
    func statements() throws {
        func parts(
            _ statements: [ListedStatement], _ part: Regex<Substring>
        ) throws -> Set<String> {
            Set(
                try statements.map { statement in
                    let match = try #require(
                        statement.code.firstMatch(of: part), "\(statement.name)")
                    return String(match.0).replacing(#/\$\d/#, with: "$")
                })
        }
        let written = try parts(
            [
                ListedStatement(ReadingDays.ofCodes), ListedStatement(ReadingDays.ofBooks),
                ListedStatement(ReadingDays.ofLinks), ListedStatement(ReadingDays.ofAll),
            ], #/array\( select d\.reading_on .* order by d\.reading_on\)/#)
        #expect(written.count == 1)
        let read = try parts(
            [
                ListedStatement(BillOfMonth.statement), ListedStatement(GetCurrentBill.statement),
                ListedStatement(GetForecast.statement), ListedStatement(SearchCustomers.statement),
            ], #/coalesce\(d\.days.*, c\.next_reading_on\) as next_reading_on/#)
        #expect(read.count == 1)
        // Nothing else reads the column for an answer.
        for statement in Statements.all where statement.code.contains("c.next_reading_on") {
            #expect(statement.code.contains("d.days["), "\(statement.name)")
        }
    }
}
