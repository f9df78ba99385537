import Postgres
import Testing

@testable import CustomerCare

@Suite("Query plans")
struct QueryPlanTests {
    /// Tables that grow with customers, accounts or calls; partitions of bills by their prefix.
    private static let large: Set<String> = [
        "customers", "followers", "bill_balances", "accounts", "subscriptions", "nonces",
        "idempotency_keys", "audit_events", "follower_attempts", "customer_attempts",
        "account_attempts", "zalo_users", "network_links", "outages", "outage_scopes",
        "reading_schedules", "reading_days", "calendar_feeds", "payments", "payment_orders",
        "payment_events", "payment_allocations", "provider_transactions", "ledger_entries",
        "service_requests", "service_request_events", "outage_reports", "outage_incidents",
        "outage_incident_codes", "staff_actions", "payment_tasks", "payment_task_resolutions",
        "service_request_attachments", "service_request_texts", "zalo_events", "zalo_contacts",
        "outbox", "notifications", "zalo_message_ids",
    ]

    private static func isLarge(_ table: String) -> Bool {
        large.contains(table) || table == "bills" || table.hasPrefix("bills_2")
            || table.hasPrefix("notifications_2") || table == "readings"
            || table.hasPrefix("readings_2")
    }

    /// A database of its own with 3,000 customers and 24 bills for each.
    private static let seeding = Task {
        let database = try await TestDatabase.make()
        try await database.script(seed)
        return database
    }

    @Test("no statement reads a large table from end to end, unless it says why")
    func scans() async throws {
        let database = try await Self.seeding.value
        try await database.forEachStatement { statement, link in
            // A plan that is pruned by NULLs, which EXPLAIN gives it, would show no partition.
            try await link.execute(script: "set enable_partition_pruning = off")
            let plan: [String]
            do {
                plan = try await link.explain(statement.text)
            } catch {
                // The rights of the role are looked at as well when a plan is made.
                Issue.record("\(statement.name): \(error)")
                return
            }
            if statement.sql.contains(/-- scan: \S/) { return }
            for line in plan {
                for match in line.matches(of: /Seq Scan on (\w+)/)
                where Self.isLarge(String(match.1)) {
                    Issue.record("\(statement.name): \(line)\n\(plan.joined(separator: "\n"))")
                }
            }
        }
    }

    @Test("a bill is looked up in one partition")
    func bill() async throws {
        let plan = try await Self.executed(
            BillOfMonth.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-10-01', '2026-11-25')
            """)
        #expect(Self.partitionsExecuted(plan) == ["bills_2026_10"], "\(plan)")
        // The next reading day, too, is found by keys alone.
        #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan)")
        #expect(!plan.contains { $0.contains("Sort") && !$0.contains("Sort Key") }, "\(plan)")
        #expect(plan.contains { $0.contains("Subplans Removed") }, "\(plan)")
    }

    @Test("a list of bills executes the partitions of its months only")
    func list() async throws {
        let plan = try await Self.executed(
            ListBills.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-08-01', '2026-09-01',
                25, '2026-10-01', 0)
            """)
        #expect(
            Self.partitionsExecuted(plan) == ["bills_2026_08", "bills_2026_09"], "\(plan)")
    }

    @Test("a reactive bill is looked up in the partitions of its month and the one before")
    func reactiveBill() async throws {
        let plan = try await Self.executed(
            ReactiveBillOfMonth.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-10-01', '2026-09-01')
            """)
        #expect(
            Self.partitionsExecuted(plan).allSatisfy {
                ["bills_2026_09", "bills_2026_10"].contains($0)
            }, "\(plan)")
        #expect(plan.contains { $0.contains("Subplans Removed") }, "\(plan)")
    }

    @Test("consumption reads the partitions of its range only")
    func consumption() async throws {
        let plan = try await Self.executed(
            GetConsumption.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-07-01', '2026-09-01')
            """)
        #expect(
            Self.partitionsExecuted(plan)
                == ["bills_2026_07", "bills_2026_08", "bills_2026_09"], "\(plan)")
        #expect(plan.contains { $0.contains("Subplans Removed") }, "\(plan)")
    }

    @Test("flags and forecast read the partitions of their months only")
    func history() async throws {
        let flags = try await Self.executed(
            GetBillFlags.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-10-01', '2025-10-01')
            """)
        #expect(Self.partitionsExecuted(flags).first == "bills_2025_10", "\(flags)")
        #expect(Self.partitionsExecuted(flags).last == "bills_2026_10", "\(flags)")
        let forecast = try await Self.executed(
            GetForecast.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2025-07-01', '2026-12-01',
                '2026-11-25')
            """)
        #expect(Self.partitionsExecuted(forecast).first == "bills_2025_07", "\(forecast)")
    }

    @Test("outages and reading days are a handful of steps down an index")
    func network() async throws {
        let outages = try await Self.executed(
            ListOutages.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-11-25 10:00+07',
                '2027-02-25 00:00+07')
            """)
        #expect(!outages.contains { $0.contains("Seq Scan on outage_scopes") }, "\(outages)")
        #expect(!outages.contains { $0.contains("Seq Scan on outages") }, "\(outages)")
        #expect(outages.contains { $0.contains("outage_scopes_over_at_idx") }, "\(outages)")
        let schedule = try await Self.executed(
            GetReadingSchedule.statement.text,
            """
            ('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-11-01', '2026-12-01')
            """)
        #expect(!schedule.contains { $0.contains("Seq Scan on reading_sch") }, "\(schedule)")
    }

    @Test("readings of a month are looked up in one partition")
    func readings() async throws {
        let plan = try await Self.executed(
            GetReadings.statement.text,
            "('00000000-0000-7000-8000-000000000001', 'PB07000000001', '2026-10-01')")
        #expect(Self.partitionsExecuted(plan, of: "readings") == ["readings_2026_10"], "\(plan)")
        #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan)")
    }

    @Test("the invoices of the last twelve months are looked for in their partitions only")
    func evidence() async throws {
        let plan = try await Self.executed(
            VerifySubscription.evidence.text, "('PB07000000001', 'x', '2026-06-01')")
        let partitions = Self.partitionsExecuted(plan)
        #expect(partitions.first == "bills_2026_06", "\(plan)")
    }

    /// The plan of a statement that has run with these arguments by its generic plan.
    private static func executed(
        _ text: StatementText, _ arguments: String
    ) async throws -> [String] {
        let database = try await seeding.value
        return try await TestLoop.run(connection: database.serviceURL) { database in
            try await database.withBulkLink { (link: BulkLink) async throws(DatabaseError) in
                try await link.execute(
                    script: """
                        set plan_cache_mode = force_generic_plan;
                        prepare executed as \(text.sql)
                        """)
                let rows = try await link.execute(
                    script: "explain (analyze, costs off, timing off) execute executed\(arguments)")
                return rows.map { $0.first.flatMap { $0 } ?? "" }
            }
        }
    }

    /// The partitions of a table that were read, in order.
    private static func partitionsExecuted(
        _ plan: [String], of table: String = "bills"
    ) -> [String] {
        var partitions: Set<String> = []
        for line in plan where !line.contains("never executed") {
            for match in line.matches(of: /\bon (\w+_\d{4}_\d{2})/)
            where match.1.hasPrefix(table) {
                partitions.insert(String(match.1))
            }
        }
        return partitions.sorted()
    }

    /// Partitions without bills are dropped: of an empty table a plan may read all there is.
    private static let seed = """
        insert into managing_units values ('PB0700', 'Điện lực Kế Hoạch');
        create temporary table number as
            select n, 'PB07' || lpad(n::text, 9, '0') as code,
                ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id
            from generate_series(1, 3000) as n;
        insert into customers select code, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'residential', 1, 1,
            'active', 'PB0700', null, 0, '2026-11-25 10:00+07' from number;
        create temporary table month as
            select generate_series('2024-12-01'::timestamp, '2026-11-01', '1 month')::date as month;
        insert into bills select code, month, 1, 'active', 1, 'issued', n || '/' || month, month,
            month + 9, 50, 100000, 800, 8000, 108000, month, month + 20, '[]', '[]',
            '2026-11-25 10:00+07' from number, month;
        insert into readings select code, month, 1, n::text, 'total', 100000, 150000, 1000, 50,
            false, null, month + 9, '2026-11-25 10:00+07' from number, month;
        insert into bill_balances select code, month, 1, 'active', 1, 108000,
            case when month < '2026-10-01' then 108000 else 0 end, 0, month + 20
            from number, month;
        insert into accounts select id, 'zalo' || n, 'vi', 'unknown', null, null,
            '2026-11-25 10:00+07', '2026-11-25 10:00+07' from number;
        insert into zalo_users select 'zalo' || n, id from number;
        insert into subscriptions select id, id, code, 'active', 'standard', null,
            '2026-11-25 10:00+07', '1', null, null, '2026-11-25 10:00+07' from number;
        insert into followers select code, id, id, 'standard', '2026-11-25 10:00+07' from number;
        insert into network_links select code, kind,
            case kind when 'transformer' then 'T' || n / 100 else kind || n / 1000 end, '2020-01-01'
            from number, unnest(array['transformer', 'feeder', 'routeBook', 'area']) as kind;
        insert into calendar_feeds select sha256(code::bytea), id, id, code, '2026-11-01'
            from number;
        insert into outages select id, 'seed', code, 'planned', 1, 'here', null,
            '2026-01-01 08:00+07'::timestamptz + n % 400 * interval '1 day',
            '2026-01-01 12:00+07'::timestamptz + n % 400 * interval '1 day', null, null,
            '2026-01-01 12:00+07'::timestamptz + n % 400 * interval '1 day', '[]',
            '2026-01-01 08:00+07', '2026-01-01 08:00+07' from number;
        insert into outage_scopes select 'transformer', 'T' || n / 100, id,
            '2026-01-01 08:00+07'::timestamptz + n % 400 * interval '1 day',
            '2026-01-01 12:00+07'::timestamptz + n % 400 * interval '1 day' from number;
        insert into reading_schedules select 'routeBook', 'S' || n, '2026-11-01', 1, '2026-11-10',
            null, '2026-11-01 10:00+07' from number;
        insert into reading_days select code, array['2026-12-10'::date] from number;
        insert into follower_attempts select code, id, 1, '2026-11-26 10:00+07' from number;
        insert into customer_attempts select code, 1, '2026-11-26 10:00+07' from number;
        insert into account_attempts select id, 1, '2026-11-26 10:00+07' from number;
        insert into nonces select 'key', n::text || '/' || m,
            '2026-11-25 10:00+07'::timestamptz + m * interval '1 minute'
            from number, generate_series(1, 8) as m;
        insert into idempotency_keys select id, id, 'addSubscriptions', n::text || m, 'a', 202, 'b',
            '2026-11-25 10:00+07'::timestamptz + m * interval '1 hour'
            from number, generate_series(1, 8) as m;
        insert into audit_events select id, id, '2026-11-25 10:00+07', id, 'profile_read', code, id
            from number;
        insert into payments select id, id, 'vietqr', 'expired', 1, 1, 0, n, array[code], '[]',
            null, null, null, null, '2026-11-25 10:00+07', '2026-11-25 10:00+07',
            '2026-11-25 10:00+07', null, case when n % 100 = 0
                then '2026-11-25 10:00+07'::timestamptz + n * interval '1 minute' end from number;
        insert into payment_orders select n, 'vietqr', null, id, id, '2026-11-25 10:00+07'
            from number;
        insert into payment_events select id, id, 1, null, 'requires_action', 'account',
            '2026-11-25 10:00+07' from number;
        insert into payment_allocations select code, id, '2026-10-01', 1, 'active', id, 1, 1, 0,
            true from number;
        insert into provider_transactions select n, 'vietqr', id, n, id, id, 1, 'settlement',
            '2026-11-25 10:00+07' from number;
        insert into service_requests select id, code, 'meter-check', 'completed', 3, code, 'PB0700',
            'f', null, 'T' || n, id, '2026-11-01 10:00+07', '2026-11-04 17:00+07',
            '2026-11-03 10:00+07', '2026-11-03 10:00+07' from number;
        insert into service_requests select id, 'open' || n, 'meter-check', 'received', 1, code,
            'PB0700', 'f', id, null, null, '2026-11-24 10:00+07', '2026-11-27 17:00+07',
            '2026-11-24 10:00+07' from number where n % 100 = 0;
        insert into service_request_events select id, code, 1, null, 'received', 'account', id,
            null, null, '2026-11-01 10:00+07' from number;
        insert into zalo_events select n % 256, 'e' || n, 'follow', 'e', '2026-11-20 10:00+07',
            '2026-11-20 10:00+07', 1, '2026-11-20 10:00+07' from number;
        insert into zalo_events select n % 256, 'd' || n, 'follow', 'e', '2026-11-20 10:00+07',
            '2026-11-26 10:00+07', 1, null from number where n % 100 = 0;
        insert into zalo_contacts select 'z' || n, 'oa' || n, 'following' from number;
        insert into outbox select n % 256, id, id, null, 'welcome', code, '{}', 'waiting',
            '2026-11-26 10:00+07', 0, null, '2026-11-25 10:00+07' from number;
        insert into notifications select id, month, id, 'welcome', code, '{}', 'consultation',
            'sent', null, '2026-11-20 10:00+07'
        from number, generate_series('2026-10-01'::date, '2027-11-01', '1 month') as month;
        insert into zalo_message_ids select 'p' || n, id, '2026-11-01', id,
            '2026-11-20 10:00+07' from number;
        insert into service_request_texts select id, code, 1, 'text' from number;
        insert into service_request_attachments select id, code, id, 'image/png', 1, 'digest',
            '2026-11-01 10:00+07' from number;
        insert into outage_reports select code, id, code, '2026-11-01 10:00+07' from number;
        insert into outage_incidents select 'T' || n, id, 'PB0700', 'completed', 1, 1,
            '2026-11-01 10:00+07', '2026-11-01 10:00+07', null, null, null,
            '2026-11-01 12:00+07' from number;
        insert into outage_incidents select 'T' || n, md5('i' || n)::uuid, 'PB0700', 'open', 1, 1,
            '2026-11-24 10:00+07', '2026-11-24 10:00+07' from number where n % 100 = 0;
        insert into payment_tasks select id, 'unknown_order', 'vietqr', n, null, 1, null,
            '2026-11-01 10:00+07',
            case when n % 100 > 0 then '2026-11-01 11:00+07'::timestamptz end from number;
        insert into payment_task_resolutions select id, 'returned', null, 'seed', id,
            '2026-11-01 10:00+07', md5('r' || n)::uuid, '2026-11-01 11:00+07', id from number;
        insert into outage_incident_codes select 'T' || n, id, code from number;
        insert into staff_actions select id, id, 'request_read', code, 'seed', id,
            '2026-11-01 10:00+07' from number;
        do $$
        declare partition regclass; is_empty boolean;
        begin
            for partition in select inhrelid from pg_inherits
                where inhparent in ('bills'::regclass, 'readings'::regclass)
            loop
                execute format('select not exists (select from %s)', partition) into is_empty;
                if is_empty then execute format('drop table %s', partition); end if;
            end loop;
        end;
        $$;
        analyze;
        """
}
