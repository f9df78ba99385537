import Postgres
import Reactor
import Testing

/// The caller's own error type.
private enum Refusal: DatabaseFailure, Equatable {
    case changedMind
    case database(DatabaseError)

    init(_ error: DatabaseError) {
        self = .database(error)
    }
}

/// Transactions on lent links.
@Suite struct TransactionTests {
    private static let insert = Command(
        "insert_entry", "insert into entries (topic, number) values ($1, $2)")
    private static let count = Statement<Number>(
        "count_entries", "select count(*) as number from entries where topic = $1")

    private func prepareTable(_ database: Database, _ topic: String) async throws {
        try await database.script(
            """
            begin;
            select pg_advisory_xact_lock(4711);
            create table if not exists entries (
                topic text not null,
                number int4 not null constraint entries_number_positive check (number > 0),
                constraint entries_once unique (topic, number));
            commit;
            delete from entries where topic = '\(topic)'
            """)
    }

    private func count(_ database: Database, _ topic: String) async throws -> Int64? {
        try await database.queryOne(Self.count, .text(topic))?.value
    }

    @Test("what a body has written is there after it returns, and its value comes back")
    func commits() async throws {
        try await withDatabase { database in
            try await prepareTable(database, "commits")
            let rows = try await database.transaction {
                (transaction: Transaction<Refusal>) async throws(Refusal) in
                try await transaction.queue(Self.insert, .text("commits"), .int64(1))
                try await transaction.queue(Self.insert, .text("commits"), .int64(2))
                return try await transaction.run(Self.insert, .text("commits"), .int64(3))
            }
            #expect(rows == 1)
            #expect(try await count(database, "commits") == 3)
            #expect(database.statistics.committed == 1)
        }
    }

    @Test("a body that throws its own error leaves nothing behind")
    func rollsBack() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await prepareTable(database, "rolls back")
            await #expect(throws: Refusal.changedMind) {
                try await database.transaction {
                    (transaction: Transaction<Refusal>) async throws(Refusal) in
                    try await transaction.run(Self.insert, .text("rolls back"), .int64(1))
                    throw Refusal.changedMind
                }
            }
            #expect(try await count(database, "rolls back") == 0)
            #expect(try await database.run(Self.insert, .text("rolls back"), .int64(1)) == 1)
        }
    }

    @Test("a violated constraint is known by its name and the link is usable afterwards")
    func constraint() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await prepareTable(database, "constraint")
            let expected = DatabaseError.constraintViolated(
                name: "entries_number_positive", sqlState: "23514")
            await #expect(throws: Refusal.database(expected)) {
                try await database.transaction {
                    (transaction: Transaction<Refusal>) async throws(Refusal) in
                    try await transaction.run(Self.insert, .text("constraint"), .int64(0))
                }
            }
            await #expect(
                throws: DatabaseError.constraintViolated(name: "number", sqlState: "23502")
            ) { _ = try await database.run(Self.insert, .text("constraint"), .null) }
            #expect(try await database.run(Self.insert, .text("constraint"), .int64(1)) == 1)
            await #expect(
                throws: DatabaseError.constraintViolated(name: "entries_once", sqlState: "23505")
            ) { _ = try await database.run(Self.insert, .text("constraint"), .int64(1)) }
        }
    }

    @Test("a body that swallows a failure does not commit")
    func swallowed() async throws {
        try await withDatabase { database in
            try await prepareTable(database, "swallowed")
            let expected = DatabaseError.constraintViolated(
                name: "entries_number_positive", sqlState: "23514")
            await #expect(throws: expected) {
                try await database.transaction {
                    (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                    try await transaction.run(Self.insert, .text("swallowed"), .int64(1))
                    _ = try? await transaction.run(Self.insert, .text("swallowed"), .int64(0))
                }
            }
            #expect(try await count(database, "swallowed") == 0)
        }
    }

    @Test("a queued statement's failure is thrown by the commit, which does not happen")
    func queuedFailure() async throws {
        try await withDatabase { database in
            try await prepareTable(database, "queued")
            let expected = DatabaseError.constraintViolated(
                name: "entries_number_positive", sqlState: "23514")
            for isLast in [true, false] {
                await #expect(throws: expected) {
                    try await database.transaction {
                        (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                        try await transaction.queue(Self.insert, .text("queued"), .int64(1))
                        try await transaction.queue(Self.insert, .text("queued"), .int64(0))
                        if !isLast { _ = try await transaction.query(Self.count, .text("queued")) }
                    }
                }
            }
            await #expect(throws: DatabaseError.self) {
                try await database.transaction {
                    (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                    try await transaction.queue(Self.insert, .text("queued"), .int64(1))
                    _ = try? await transaction.queue(Self.insert, .text("queued"), .int64(1 << 40))
                }
            }
            #expect(try await count(database, "queued") == 0)
            #expect(database.statistics.writeLinksLent == 0)
        }
    }

    @Test("transactions beyond the lent links wait, and beyond the waiting time are turned away")
    func waiting() async throws {
        try await withDatabase({
            $0.writeLinkCount = 1
            $0.waitMilliseconds = 1_000
        }) { database in
            try await prepareTable(database, "held")
            let turnedAway = try await database.transaction {
                (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                _ = try await transaction.query(Self.count, .text("held"))
                // The only link is lent for as long as the others wait.
                return await concurrently(3) { _ in
                    do throws(DatabaseError) {
                        try await database.transaction {
                            (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                            _ = try await transaction.query(Self.count, .text("held"))
                        }
                        return false
                    } catch {
                        return error == .unavailable(reason: "no link to the database in time")
                    }
                }
            }
            #expect(turnedAway.count { $0 } == 3)
            #expect(database.statistics.committed == 1)
        }
    }

    @Test(
        "a commit that is cut off, unanswered or unconfirmed by the standby is of unknown outcome",
        arguments: [
            "perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1);",
            "perform pg_sleep(2);",
            "raise warning 'waiting is over' using errcode = '01000';",
        ])
    func unknownOutcome(atCommit: String) async throws {
        let table = "commit_\(atCommit.utf8.count)"
        try await withDatabase({
            $0.statementMilliseconds = 400
            $0.marginMilliseconds = 100
        }) { database in
            try await database.script(
                """
                drop table if exists \(table);
                create table \(table) (number int8);
                create or replace function at_\(table)() returns trigger language plpgsql as
                $$ begin \(atCommit) return null; end $$;
                create constraint trigger at_commit after insert on \(table)
                    deferrable initially deferred for each row execute function at_\(table)();
                create or replace function insert_\(table)() returns int8 language sql as
                $$ insert into \(table) values (1) returning number $$;
                """)
            let call = Statement<Number>(
                "call_by_name",
                """
                select 1::int8 as number from
                    (select set_config('statement_timeout', '0', true)) as endless,
                    (select query_to_xml('select insert_' || $1 || '()', true, false, '')) as done
                """)
            await #expect(throws: DatabaseError.outcomeUnknown) {
                try await database.transaction {
                    (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                    _ = try await transaction.query(call, .text(table))
                }
            }
            #expect(database.statistics.writeLinksLent == 0)
            let echo = try await database.queryOne(PipelineTests.echo, .int64(5))
            #expect(echo?.value == 5)
        }
    }
}
