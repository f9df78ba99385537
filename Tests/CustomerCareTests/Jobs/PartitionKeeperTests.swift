import Electricity
import Postgres
import Testing

@testable import CustomerCare

@Suite("Partitions of months")
struct PartitionKeeperTests {
    private static func keep(
        _ database: TestDatabase, at now: Instant, times: Int = 1, asOwner: Bool = false
    ) async throws -> [Observation] {
        let url = asOwner ? database.ownerURL : database.serviceURL
        return try await TestLoop.run(connection: url) { link in
            var seen: [Observation] = []
            let keeper = PartitionKeeper(
                database: DatabaseAccess(link),
                world: World(now: { now }, randomBytes: { _ in [] }),
                observe: { seen.append($0) })
            for _ in 0..<times { await keeper.run() }
            return seen
        }
    }

    private static func months(_ database: TestDatabase, _ table: String) async throws -> [String] {
        try await database.script(
            """
            select inhrelid::regclass::text from pg_inherits
            where inhparent = '\(table)'::regclass order by 1
            """
        ).compactMap { $0[0] }
    }

    private static let today = Instant(rfc3339: "2026-11-25T10:00:00+07:00")

    @Test("the months ahead are made once, by the service itself")
    func ahead() async throws {
        let database = try await TestDatabase.make()
        try await database.script(
            """
            drop table bills_2027_03; drop table notifications_2027_01; drop table readings_2027_05
            """)
        let today = try #require(Self.today)
        let seen = try await Self.keep(database, at: today, times: 2)
        #expect(seen == [.partitionsChanged(created: 3, retired: 0)])
        #expect(try await Self.months(database, "readings").contains("readings_2027_05"))
        #expect(try await Self.months(database, "bills").contains("bills_2027_03"))
        #expect(try await Self.months(database, "notifications").contains("notifications_2027_01"))
        #expect(try await Self.keep(database, at: today) == [])
        // And the service may use them.
        try await TestLoop.run(connection: database.serviceURL) { link in
            _ = try await link.script("select count(*) from bills where month = '2027-03-01'")
        }
    }

    @Test("what is older than its time goes: bills and readings to an archive, messages for good")
    func old() async throws {
        let database = try await TestDatabase.make()
        try await database.script(
            """
            select ensure_month_partitions('2016-10-01', '2016-12-01');
            create table notifications_2024_10 partition of notifications
                for values from ('2024-10-01') to ('2024-11-01');
            create table notifications_2024_11 partition of notifications
                for values from ('2024-11-01') to ('2024-12-01')
            """)
        let seen = try await Self.keep(database, at: try #require(Self.today))
        guard case .partitionsChanged(_, let retired)? = seen.first else {
            Issue.record("\(seen)")
            return
        }
        let bills = try await Self.months(database, "bills")
        #expect(!bills.contains("bills_2016_10"))
        #expect(bills.contains("bills_2016_11"))
        let readings = try await Self.months(database, "readings")
        #expect(!readings.contains("readings_2016_10"))
        #expect(readings.contains("readings_2016_11"))
        let notifications = try await Self.months(database, "notifications")
        #expect(notifications.contains("notifications_2024_11"))
        #expect(!notifications.contains("notifications_2024_10"))
        #expect(retired >= 2)
        let left = try await database.script(
            """
            select to_regclass('bills_2016_10') is not null,
                to_regclass('readings_2016_10') is not null,
                to_regclass('notifications_2024_10') is null
            """)
        #expect(left == [["t", "t", "t"]])
    }

    @Test(
        "the service can have nothing else done by it",
        arguments: [
            ("current_date, 6, 59, 24", "22023"), ("current_date, 6, 120, 12", "22023"),
            ("current_date, 25, 120, 24", "22023"), ("current_date, -1, 120, 24", "22023"),
            ("date '9999-01-01', 6, 120, 24", "22023"),
        ])
    func bounds(arguments: String, sqlState: String) async throws {
        let database = try await TestDatabase.shared()
        try await TestLoop.run(connection: database.serviceURL) { link in
            do {
                _ = try await link.script("select keep_month_partitions(\(arguments))")
                Issue.record("\(arguments) was done")
            } catch {
                #expect("\(error)".contains(sqlState))
            }
        }
    }

    @Test("no month goes by a day that has not come")
    func future() async throws {
        let database = try await TestDatabase.make()
        let rows = try await database.script(
            "select retired from keep_month_partitions(current_date + 900, 0, 60, 13)")
        #expect(rows == [["0"]])
    }

    @Test("a table that is in use is left for the next look, which comes soon")
    func busy() async throws {
        let database = try await TestDatabase.make()
        try await database.script("select ensure_month_partitions('2016-10-01', '2016-10-01')")
        let today = try #require(Self.today)
        try await TestLoop.run(connection: database.ownerURL) { owner in
            let reader = try await owner.openBulkLink()
            defer { reader.close() }
            try await reader.execute(script: "begin; select count(*) from bills")
            let seen = try await Self.keep(database, at: today)
            guard case .requestFailed(let operation, _, _)? = seen.first else {
                Issue.record("\(seen)")
                return
            }
            #expect(operation == "partitions")
            try await reader.execute(script: "commit")
        }
        let after = try await Self.keep(database, at: today)
        #expect(after.count == 1)
        #expect(!(try await Self.months(database, "bills").contains("bills_2016_10")))
    }
}
