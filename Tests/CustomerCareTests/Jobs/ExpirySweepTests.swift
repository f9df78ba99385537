import Electricity
import Postgres
import Testing

@testable import CustomerCare

@Suite("Sweep of what has expired")
struct ExpirySweepTests {
    private static let account = "00000000-0000-7000-8000-000000000001"

    /// A database of its own with an expired and a living row in each table.
    private static func seeded() async throws -> TestDatabase {
        let database = try await TestDatabase.make()
        try await database.script(
            """
            insert into accounts values ('\(account)', 'z', 'vi', 'unknown', null, null,
                '2026-11-25 09:00+07', '2026-11-25 09:00+07');
            insert into subscriptions select '\(account)', gen_random_uuid(), code, state,
                case state when 'active' then 'low' end, null, '2026-11-25 09:00+07', '1',
                expires_at, null, '2026-11-25 09:00+07'
                from (values ('expired', 'pending', '2026-11-25 10:00+07'::timestamptz),
                    ('pending', 'pending', '2026-11-25 10:00:00.000001+07'),
                    ('active', 'active', null)) as s (code, state, expires_at);
            insert into nonces values ('k', 'expired', '2026-11-25 10:00+07'),
                ('k', 'live', '2026-11-25 10:00:01+07');
            insert into idempotency_keys select '\(account)', '\(account)', 'o', key, 'f', 202,
                'a', expires_at
                from (values ('expired', '2026-11-25 10:00+07'::timestamptz),
                    ('live', '2026-11-25 10:00:01+07')) as i (key, expires_at);
            """)
        return database
    }

    private static func sweep(_ database: TestDatabase) async throws {
        let now = try Instant.reading("2026-11-25T10:00:00")
        try await TestLoop.run(connection: database.serviceURL) { database in
            let world = World(now: { now }, randomBytes: World.real.randomBytes)
            await ExpirySweep(database: database, world: world).run()
        }
    }

    private static func codes(_ database: TestDatabase) async throws -> [String?] {
        try await database.script("select customer_code from subscriptions order by 1")
            .map { $0[0] }
    }

    @Test("what has expired goes, everything else stays")
    func works() async throws {
        let database = try await Self.seeded()
        try await Self.sweep(database)
        #expect(try await Self.codes(database) == ["active", "pending"])
        #expect(try await database.script("select nonce from nonces") == [["live"]])
        let keys = try await database.script("select idempotency_key from idempotency_keys")
        #expect(keys == [["live"]])
    }

    @Test(
        "messages go after seven days, dead letters after thirty, events a week after they are done"
    )
    func messages() async throws {
        let database = try await TestDatabase.make()
        try await database.script(
            """
            insert into outbox select 1, gen_random_uuid(), '\(Self.account)', null, topic, null,
                '{}', state, created_at, 0, null, created_at
                from (values ('old', 'waiting', '2026-11-18 10:00+07'::timestamptz),
                    ('new', 'waiting', '2026-11-18 10:00:01+07'),
                    ('dead', 'dead', '2026-10-26 10:00+07'),
                    ('buried', 'dead', '2026-10-26 10:00:01+07')) as m (topic, state, created_at);
            insert into zalo_events select 1, key, 'follow', '', done_at, done_at, 1, done_at
                from (values ('old', '2026-11-18 10:00+07'::timestamptz),
                    ('new', '2026-11-18 10:00:01+07')) as e (key, done_at);
            insert into zalo_message_ids select key, '\(Self.account)', '2026-09-01',
                '\(Self.account)', sent_at
                from (values ('old', '2026-09-26 10:00+07'::timestamptz),
                    ('new', '2026-09-26 10:00:01+07')) as i (key, sent_at);
            """)
        try await Self.sweep(database)
        let topics = try await database.script("select topic from outbox order by 1")
        #expect(topics == [["buried"], ["new"]])
        #expect(try await database.script("select event_key from zalo_events") == [["new"]])
        let ids = try await database.script("select provider_message_id from zalo_message_ids")
        #expect(ids == [["new"]])
    }

    @Test("more than one batch is swept at once")
    func batches() async throws {
        let database = try await Self.seeded()
        try await database.script(
            """
            insert into nonces select 'k', n::text, '2026-11-25 09:00+07'
            from generate_series(1, 12000) as n
            """)
        try await Self.sweep(database)
        #expect(try await database.script("select nonce from nonces") == [["live"]])
    }

    @Test("a subscription that is verified while the sweep waits for it stays")
    func verifiedMeanwhile() async throws {
        let database = try await Self.seeded()
        try await TestLoop.run(connection: database.ownerURL) { owner in
            let verifier = try await owner.openBulkLink()
            let watcher = try await owner.openBulkLink()
            defer {
                verifier.close()
                watcher.close()
            }
            try await verifier.execute(
                script: """
                    begin;
                    update subscriptions set state = 'active', assurance = 'low', expires_at = null
                    where customer_code = 'expired'
                    """)
            async let swept: Void = Self.sweep(database)
            var isWaiting = false
            for _ in 0..<100_000 where !isWaiting {
                let rows = try await watcher.execute(
                    script: """
                        select count(*) from pg_locks l join pg_stat_activity a using (pid)
                        where not l.granted and a.datname = current_database()
                        """)
                isWaiting = rows != [["0"]]
            }
            #expect(isWaiting)
            try await verifier.execute(script: "commit")
            try await swept
        }
        #expect(try await Self.codes(database) == ["active", "expired", "pending"])
    }
}
