import Postgres
import Reactor
import Testing

/// Links that cannot be had, are lost, and come back.
@Suite struct ConnectionTests {
    static let backend = Statement<Number>("backend", "select pg_backend_pid()::int8 as number")
    static let sleep = Statement<Number>(
        "nap", "select 1::int8 as number from (select pg_sleep($1::int8)) as slept")

    @Test("without a server callers are turned away within the waiting time")
    func noServer() async throws {
        try await withDatabase({
            $0.connection = "postgresql:///none?host=/nonexistent"
            $0.waitMilliseconds = 50
            $0.waitingLimit = 3
        }) { database in
            let before = MonotonicInstant.now
            let answers = await concurrently(5) { _ in
                do throws(DatabaseError) {
                    _ = try await database.query(Self.backend)
                    return false
                } catch {
                    return error == .unavailable(reason: "no link to the database in time")
                }
            }
            #expect(answers.allSatisfy { $0 })
            #expect(MonotonicInstant.now.nanoseconds(since: before) < 2_000_000_000)
            #expect(!database.isAvailable)
            #expect(database.statistics.turnedAway == 5)
        }
    }

    @Test("a dead first host is passed over")
    func deadFirstHost() async throws {
        let uri = try testConfiguration().connection
        guard let range = uri.firstRange(of: "host=") else {
            Issue.record("the test's connection string names its host as host=…")
            return
        }
        var both = uri
        both.replaceSubrange(range, with: "host=/nonexistent,")
        let twoHosts = both
        try await withDatabase({ $0.connection = twoHosts }) { database in
            let answer = try await database.queryOne(Self.backend)
            #expect(answer != nil)
        }
    }

    @Test("an unusable connection string is refused without being quoted")
    func misconfigured() async throws {
        await #expect(
            throws: DatabaseError.misconfigured(reason: "the connection string cannot be parsed")
        ) {
            try await withDatabase({ $0.connection = "postgresql://a:secret@[b" }) { _ in }
        }
    }

    @Test("a read in flight on a terminated link is repeated on another")
    func terminatedRead() async throws {
        try await withDatabase({ $0.readLinkCount = 1 }) { database in
            let process = try await database.queryOne(Self.backend)?.value ?? 0
            async let read = database.queryOne(Self.sleep, .int64(1))
            // The link that terminates the other one needs longer than the read to be sent.
            try await database.script("select pg_terminate_backend(\(process))")
            #expect(try await read?.value == 1)
            #expect(try await database.queryOne(Self.backend)?.value != process)
            let figures = database.statistics
            #expect(figures.lost == 1)
            #expect(figures.repeated == 1)
        }
    }

    @Test("after all links were terminated new ones answer")
    func allTerminated() async throws {
        try await withDatabase({ $0.applicationName = "all-terminated" }) { database in
            _ = try await database.query(Self.backend)
            try await database.script(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'all-terminated' and pid <> pg_backend_pid()
                """)
            let answers = await concurrently(50) { _ in
                (try? await database.queryOne(Self.backend)) != nil
            }
            #expect(answers.allSatisfy { $0 })
            let committed = try await database.transaction {
                (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                try await transaction.queryOne(Self.backend)
            }
            #expect(committed != nil)
        }
    }

    @Test("a link without an answer is given up at its own deadline")
    func ownDeadline() async throws {
        let deaf = Statement<Number>(
            "deaf",
            """
            select 1::int8 as number from
                (select set_config('statement_timeout', '0', false)) as endless,
                (select pg_sleep(30)) as slept
            """)
        try await withDatabase({
            $0.statementMilliseconds = 200
            $0.marginMilliseconds = 0
        }) { database in
            await #expect(throws: DatabaseError.timedOut) { _ = try await database.query(deaf) }
            let answer = try await database.queryOne(Self.backend)
            #expect(answer != nil)
        }
    }
}
