import Postgres
import Reactor
import Testing

/// Migrations, each test in a database of its own.
@Suite struct MigratorTests {
    private static let steps = [
        Migration(
            version: 1, name: "tables", sql: "create table a (n int); create table b (n int)",
            checksum: "aa"),
        Migration(version: 2, name: "it's", sql: "insert into a values (1)", checksum: "bb"),
        Migration(version: 3, name: "sleep", sql: "select pg_sleep(0.2)", checksum: "cc"),
    ]

    /// Creates an empty database and returns how to connect to it.
    private func emptyDatabase(_ name: String) async throws -> DatabaseConfiguration {
        try await withDatabase { database in
            try await database.script("drop database if exists \(name) with (force)")
            try await database.script("create database \(name)")
        }
        var configuration = try testConfiguration()
        // A parameter of the URI beats the name in its path.
        configuration.connection +=
            (configuration.connection.contains("?") ? "&" : "?") + "dbname=\(name)"
        return configuration
    }

    private func migrate(
        _ configuration: DatabaseConfiguration, _ steps: [Migration]
    ) async throws -> Migrator.Outcome {
        try await onLoop { loop in
            let database = try Database(
                configuration: configuration, loop: loop, random: { 1 }, observe: { _ in })
            return try await Migrator(steps, lockMilliseconds: 20_000).run(on: database)
        }
    }

    @Test("five instances at once apply each step once")
    func atOnce() async throws {
        let configuration = try await emptyDatabase("migrated_at_once")
        let outcomes = try await withThrowingTaskGroup(of: Migrator.Outcome.self) { group in
            for _ in 0..<5 { group.addTask { try await migrate(configuration, Self.steps) } }
            var outcomes: [Migrator.Outcome] = []
            for try await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes.count { $0 == .current(applied: 3) } == 1)
        #expect(outcomes.count { $0 == .current(applied: 0) } == 4)
    }

    @Test("a changed step is refused and a newer database is told apart")
    func changedAndNewer() async throws {
        let configuration = try await emptyDatabase("migrated_and_changed")
        let one = Array(Self.steps.prefix(1))
        #expect(try await migrate(configuration, one) == .current(applied: 1))
        #expect(try await migrate(configuration, Self.steps) == .current(applied: 2))
        #expect(try await migrate(configuration, one) == .newer(version: 3))
        let changed = [Migration(version: 1, name: "tables", sql: "select 1", checksum: "xx")]
        await #expect(throws: MigrationError.changed(version: 1, name: "tables")) {
            _ = try await migrate(configuration, changed)
        }
        await #expect(throws: MigrationError.misnumbered(version: 2)) {
            _ = try await migrate(configuration, [Self.steps[1]])
        }
    }

    @Test("a failing step leaves the steps before it and nothing of itself")
    func failing() async throws {
        let configuration = try await emptyDatabase("migrated_and_failed")
        let wrong = Migration(
            version: 2, name: "wrong", sql: "create table c (n int); select nonsense",
            checksum: "zz")
        await #expect(throws: MigrationError.self) {
            _ = try await migrate(configuration, [Self.steps[0], wrong])
        }
        #expect(try await migrate(configuration, Self.steps) == .current(applied: 2))
        let tables = try await onLoop { loop in
            let database = try Database(
                configuration: configuration, loop: loop, random: { 1 }, observe: { _ in })
            return try await database.script("select to_regclass('c') is null")
        }
        #expect(tables == [["t"]])
    }
}
