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

private typealias Shared = Transaction<Refusal>

/// Transactions that several callers share.
@Suite struct SharedTransactionTests {
    private static let insert = Command(
        "insert_shared", "insert into shared_entries (topic, number) values ($1, $2)")
    private static let lock = Statement<Number>(
        "lock_shared",
        """
        select number::int8 as number from shared_entries where topic = $1 and number = $2
        for update
        """)
    private static let count = Statement<Number>(
        "count_shared", "select count(*) as number from shared_entries where topic = $1")
    private static let transactionId = Statement<Number>(
        "transaction_id", "select pg_current_xact_id()::text::int8 as number")
    private static let endLink = Statement<Number>(
        "end_link", "select pg_terminate_backend(pg_backend_pid())::int::int8 as number")

    private func prepareTable(
        _ database: Database, _ topic: String, entries: ClosedRange<Int>? = nil
    ) async throws {
        try await database.script(
            """
            begin;
            select pg_advisory_xact_lock(4712);
            create table if not exists shared_entries (
                topic text not null,
                number int4 not null constraint shared_positive check (number > 0),
                constraint shared_once unique (topic, number));
            commit;
            delete from shared_entries where topic = '\(topic)'
            """)
        guard let entries else { return }
        try await database.script(
            """
            insert into shared_entries
            select '\(topic)', generate_series(\(entries.lowerBound), \(entries.upperBound))
            """)
    }

    private func count(_ database: Database, _ topic: String) async throws -> Int64? {
        try await database.queryOne(Self.count, .text(topic))?.value
    }

    /// Lets `count` callers write their number at once, each in `body`, under its own key.
    private func together(
        _ count: Int, _ database: Database, key: @escaping @Sendable (Int) -> String = { "\($0)" },
        _ body: @escaping @Sendable (Int, Shared) async throws(Refusal) -> Int64
    ) async -> [Result<Int64, Refusal>] {
        await concurrently(count) { index in
            do throws(Refusal) {
                return .success(
                    try await database.sharedTransaction(keys: [key(index + 1)]) {
                        (transaction: Shared) async throws(Refusal) in
                        try await body(index + 1, transaction)
                    })
            } catch {
                return .failure(error)
            }
        }
    }

    /// The id of the transaction in which a number was inserted.
    private static func write(
        _ topic: String, _ number: Int, _ transaction: Shared
    ) async throws(Refusal) -> Int64 {
        try await transaction.queue(insert, .text(topic), .int64(Int64(number)))
        return try await transaction.queryOne(transactionId)?.value ?? 0
    }

    @Test("callers who come at the same time share a transaction, sixteen of them at most")
    func commits() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await prepareTable(database, "together")
            let ids = await together(40, database) { number, transaction async throws(Refusal) in
                try await Self.write("together", number, transaction)
            }
            let counts = Dictionary(grouping: ids.compactMap { try? $0.get() }) { $0 }
            #expect(counts.values.map(\.count).sorted() == [8, 16, 16])
            #expect(try await count(database, "together") == 40)
            #expect(database.statistics.committed == 3)
            #expect(database.statistics.shared == 37)
            #expect(database.statistics.redone == 0)
            #expect(database.statistics.writeLinksLent == 0)
        }
    }

    @Test("who comes alone has a transaction of its own, and so has each of the same key")
    func alone() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await prepareTable(database, "alone")
            let ids = await together(6, database, key: { _ in "same" }) {
                number, transaction async throws(Refusal) in
                try await Self.write("alone", number, transaction)
            }
            #expect(Set(ids.compactMap { try? $0.get() }).count == 6)
            #expect(database.statistics.committed == 6)
            #expect(database.statistics.shared == 0)
            await #expect(throws: Refusal.changedMind) {
                try await database.sharedTransaction(keys: []) {
                    (transaction: Shared) async throws(Refusal) in
                    _ = try await Self.write("alone", 7, transaction)
                    throw Refusal.changedMind
                }
            }
            let violation = DatabaseError.constraintViolated(name: "shared_once", sqlState: "23505")
            await #expect(throws: Refusal.database(violation)) {
                try await database.sharedTransaction(keys: []) {
                    (transaction: Shared) async throws(Refusal) in
                    try await transaction.queue(Self.insert, .text("alone"), .int64(6))
                }
            }
            #expect(try await count(database, "alone") == 6)
            #expect(database.statistics.redone == 0)
        }
    }

    @Test("a body that throws its own error takes nothing from the others, who share again")
    func refuses() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await prepareTable(database, "refuses")
            let outcomes = await together(6, database) {
                number, transaction async throws(Refusal) in
                let id = try await Self.write("refuses", number, transaction)
                if number == 3 { throw Refusal.changedMind }
                return id
            }
            #expect(outcomes[2] == .failure(.changedMind))
            #expect(outcomes.count { (try? $0.get()) != nil } == 5)
            #expect(Set(outcomes.compactMap { try? $0.get() }).count == 1)
            #expect(try await count(database, "refuses") == 5)
            #expect(database.statistics.redone == 5)
            #expect(database.statistics.rolledBack == 1)
        }
    }

    @Test("bodies that throw again and again end with transactions of their own")
    func refusesAgain() async throws {
        try await withDatabase({ $0.writeLinkCount = 2 }) { database in
            try await prepareTable(database, "again")
            let runs = Runs()
            let outcomes = await together(8, database) {
                number, transaction async throws(Refusal) in
                let id = try await Self.write("again", number, transaction)
                // One more of them each time.
                if runs.next(number) == 1 && number <= 2 { throw Refusal.changedMind }
                if runs.count(number) == 2 && number <= 4 { throw Refusal.changedMind }
                return id
            }
            #expect(outcomes.prefix(4).allSatisfy { $0 == .failure(.changedMind) })
            #expect(Set(outcomes.suffix(4).compactMap { try? $0.get() }).count == 4)
            #expect(try await count(database, "again") == 4)
            #expect((5...8).allSatisfy { runs.count($0) == 3 })
        }
    }

    @Test(
        "a violated constraint is told to the one who violates it, awaited or queued, by its name",
        arguments: [true, false])
    func violates(isAwaited: Bool) async throws {
        let topic = "violates \(isAwaited)"
        try await withDatabase({ $0.writeLinkCount = 2 }) { database in
            try await prepareTable(database, topic)
            let outcomes = await together(6, database) {
                number, transaction async throws(Refusal) in
                let given = Int64(number == 5 ? 0 : number)
                if isAwaited {
                    return Int64(
                        try await transaction.run(Self.insert, .text(topic), .int64(given)))
                }
                try await transaction.queue(Self.insert, .text(topic), .int64(given))
                return 1
            }
            let violation = DatabaseError.constraintViolated(
                name: "shared_positive", sqlState: "23514")
            #expect(outcomes[4] == .failure(.database(violation)))
            #expect(outcomes.count { $0 == .success(1) } == 5)
            #expect(try await count(database, topic) == 5)
            #expect(database.statistics.writeLinksLent == 0)
        }
    }

    @Test("turns are taken when all have come as far or have ended, in the order of the keys")
    func turns() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await prepareTable(database, "turns")
            let runs = Runs()
            let outcomes = await together(6, database) {
                number, transaction async throws(Refusal) in
                let id = try await Self.write("turns", number, transaction)
                if number == 2 { return id }
                // Some come later than others.
                for _ in 0..<number { _ = try await transaction.queryOne(Self.transactionId) }
                await transaction.inTurn("\(9 - number)")
                runs.note(number)
                return id
            }
            #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
            #expect(runs.noted == [6, 5, 4, 3, 1])
            #expect(database.statistics.committed == 1)
        }
    }

    @Test("two transactions that lock the same rows in turns do not stop each other")
    func circle() async throws {
        try await withDatabase({ $0.writeLinkCount = 2 }) { database in
            try await prepareTable(database, "circle", entries: 1...16)
            let outcomes = await together(32, database) {
                number, transaction async throws(Refusal) in
                // The second sixteen come to the rows the other way round, and one after another.
                let row = number <= 16 ? number : 33 - number
                for _ in 0...(number - 1) % 16 {
                    _ = try await transaction.queryOne(Self.transactionId)
                }
                await transaction.inTurn(row < 10 ? "0\(row)" : "\(row)")
                let found = try await transaction.queryOne(
                    Self.lock, .text("circle"), .int64(Int64(row)))
                return found?.value ?? 0
            }
            #expect(outcomes.allSatisfy { (try? $0.get()) ?? 0 > 0 })
            #expect(database.statistics.committed == 2)
            #expect(database.statistics.redone == 0)
        }
    }

    @Test("a member that waits for somebody's lock does not keep the others from their commit")
    func waitsForALock() async throws {
        try await withDatabase({
            $0.writeLinkCount = 3
            $0.lockMilliseconds = 600
        }) { database in
            try await prepareTable(database, "locked", entries: 1...1)
            let outcomes = try await database.transaction {
                (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                _ = try await transaction.queryOne(Self.lock, .text("locked"), .int64(1))
                return await together(5, database) {
                    number, transaction async throws(Refusal) in
                    if number == 4 {
                        _ = try await transaction.queryOne(Self.lock, .text("locked"), .int64(1))
                    }
                    return try await Self.write("locked", number + 1, transaction)
                }
            }
            #expect(outcomes[3] == .failure(.database(.timedOut)))
            #expect(outcomes.count { (try? $0.get()) != nil } == 4)
            #expect(try await count(database, "locked") == 5)
        }
    }

    @Test("when the link is lost before the commit, each runs again by itself and once in effect")
    func lost() async throws {
        try await withDatabase({ $0.writeLinkCount = 2 }) { database in
            try await prepareTable(database, "lost")
            let runs = Runs()
            let outcomes = await together(6, database) {
                number, transaction async throws(Refusal) in
                let id = try await Self.write("lost", number, transaction)
                if runs.next(number) == 1, number == 3 {
                    _ = try await transaction.queryOne(Self.endLink)
                }
                return id
            }
            #expect(Set(outcomes.compactMap { try? $0.get() }).count == 6)
            #expect(try await count(database, "lost") == 6)
            #expect(database.statistics.writeLinksLent == 0)
        }
    }

    @Test("when the commit is cut off, its outcome is unknown to everyone who shares it")
    func unknownOutcome() async throws {
        try await withDatabase({ $0.writeLinkCount = 1 }) { database in
            try await database.script(
                """
                drop table if exists shared_cut;
                create table shared_cut (number int8);
                create or replace function at_shared_cut() returns trigger language plpgsql as
                $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1);
                    return null; end $$;
                create constraint trigger at_commit after insert on shared_cut
                    deferrable initially deferred for each row execute function at_shared_cut();
                """)
            let insert = Command("insert_cut", "insert into shared_cut values ($1)")
            let outcomes = await together(4, database) {
                number, transaction async throws(Refusal) in
                Int64(try await transaction.run(insert, .int64(Int64(number))))
            }
            #expect(outcomes.allSatisfy { $0 == .failure(.database(.outcomeUnknown)) })
            #expect(database.statistics.redone == 0)
        }
    }

    @Test("without a link in time everyone is turned away, and later ones share again")
    func turnedAway() async throws {
        try await withDatabase({
            $0.writeLinkCount = 1
            $0.waitMilliseconds = 200
        }) { database in
            try await prepareTable(database, "away")
            let outcomes = try await database.transaction {
                (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                _ = try await transaction.query(Self.count, .text("away"))
                return await together(5, database) { number, transaction async throws(Refusal) in
                    try await Self.write("away", number, transaction)
                }
            }
            let noLink = DatabaseError.unavailable(reason: "no link to the database in time")
            #expect(outcomes.allSatisfy { $0 == .failure(.database(noLink)) })
            let later = await together(3, database) { number, transaction async throws(Refusal) in
                try await Self.write("away", number, transaction)
            }
            #expect(Set(later.compactMap { try? $0.get() }).count == 1)
            #expect(try await count(database, "away") == 3)
        }
    }
}

/// How often each body has run, and in which order they came by; used on one loop.
private final class Runs: @unchecked Sendable {
    private var counts: [Int: Int] = [:]
    private(set) var noted: [Int] = []

    func next(_ number: Int) -> Int {
        counts[number, default: 0] += 1
        return counts[number, default: 0]
    }

    func count(_ number: Int) -> Int { counts[number, default: 0] }

    func note(_ number: Int) { noted.append(number) }
}
