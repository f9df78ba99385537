import JSON
import Testing

@testable import CustomerCare

/// The demo's bills are computed by the engine, so each of them can be explained to the đồng.
@Suite("Explanations of demo bills")
struct DemoExplanationTests {
    /// A database with demo data in which one account follows every customer.
    private static func demo(
        on now: String, customers: Int, _ body: (TestService, String) async throws -> Void
    ) async throws {
        let database = try await TestDatabase.make(on: now)
        let clock = try TestClock(now)
        let keys = [database.masterKey]
        try await database.script("update clients set name = 'tests'")
        try await TestLoop.run(connection: database.ownerURL) { database in
            let data = try DemoData(
                database: database, masterKeys: keys,
                world: World(now: { clock.now }, randomBytes: World.real.randomBytes),
                customerCount: customers)
            _ = try await data.load(baseURL: "http://a", adminURL: "http://b")
        }
        try await TestService.run(at: now, on: database) { service in
            let account = try await service.newAccount()
            let id = try #require(account.split(separator: "/").last)
            try await database.script(
                """
                insert into followers
                select customer_code, '\(id)', gen_random_uuid(), 'standard', now() from customers
                """)
            try await body(service, account)
        }
    }

    /// The path of every bill's explanation.
    private static func paths(
        _ service: TestService, _ account: String
    ) async throws -> [String] {
        try await service.database.script(
            """
            select distinct customer_code, to_char(month, 'YYYY-MM') from bills order by 1, 2
            """
        ).map { "\(account)/customers/\($0[0] ?? "")/bills/\($0[1] ?? "")/explanation" }
    }

    @Test(
        "every bill matches, and every change adds up",
        arguments: [("2026-11-25T10:00:00", 45), ("2025-06-30T10:00:00", 30)])
    func match(now: String, customers: Int) async throws {
        try await Self.demo(on: now, customers: customers) { service, account in
            let paths = try await Self.paths(service, account)
            #expect(paths.count > customers * 20)
            var splits = 0
            for path in paths {
                let json = try await service.call("GET", path).json
                #expect(
                    json["reconciliation"]["status"].string == "match",
                    "\(path) \(json["reconciliation"])")
                let change = json["change"]
                if change.isNull { continue }
                splits += 1
                let parts = ["days", "kwh", "tierShift", "price", "vat", "unexplained"]
                let sum = parts.reduce(Int64(0)) { $0 + (change[$1].int ?? 0) }
                let total = try #require(json["explanation"]["issued"]["total"].int)
                let before = try #require(change["previousTotal"].int)
                #expect(sum == total - before && sum == change["total"].int, "\(path)")
                #expect(change["unexplained"].int == 0)
            }
            #expect(splits > customers * 18)
        }
    }

    @Test("every bill for reactive power matches")
    func reactive() async throws {
        try await Self.demo(on: "2026-11-25T10:00:00", customers: 30) { service, account in
            let rows = try await service.database.script(
                """
                select customer_code, to_char(month, 'YYYY-MM') from bills
                where kind = 'reactive' order by 1, 2
                """)
            #expect(rows.count > 60)
            var exemptions: Set<String> = []
            for row in rows {
                let path = "\(account)/customers/\(row[0] ?? "")/reactive-bills/\(row[1] ?? "")"
                let json = try await service.call("GET", path).json
                exemptions.insert(json["exemption"].string ?? "none")
                #expect(json["reconciliation"]["status"].string == "match", "\(path)")
            }
            #expect(exemptions == ["none", "power_factor", "no_energy"])
        }
    }

    @Test("one bill altered by one đồng says so, and no other does")
    func altered() async throws {
        try await Self.demo(on: "2026-11-25T10:00:00", customers: 30) { service, account in
            let paths = try await Self.paths(service, account).filter { $0.contains("2026-10") }
            let code = try #require(paths.first?.split(separator: "/")[4])
            try await service.database.script(
                """
                update bills set vat = vat + 1, total = total + 1
                where customer_code = '\(code)' and month = '2026-10-01'
                """)
            var mismatches: [Int64?] = []
            for path in paths {
                let json = try await service.call("GET", path).json
                if json["reconciliation"]["status"].string == "match" { continue }
                mismatches.append(json["reconciliation"]["differenceVND"].int)
            }
            #expect(mismatches == [1])
        }
    }
}
