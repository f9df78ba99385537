/// One step of the schema.
package struct Migration: Sendable {
    /// Counts from 1 without gaps.
    package let version: Int
    /// What it is called, such as `accounts`.
    package let name: String
    /// Statements separated by semicolons, without `begin` and `commit`.
    package let sql: String
    /// The SHA-256 of the SQL in hexadecimal, computed by the caller.
    package let checksum: String

    /// Describes a step.
    package init(version: Int, name: String, sql: String, checksum: String) {
        self.version = version
        self.name = name
        self.sql = sql
        self.checksum = checksum
    }
}

/// Why a database cannot be brought to the wanted schema.
package enum MigrationError: Error, Equatable, CustomStringConvertible {
    /// The list of migrations does not count 1, 2, 3, ….
    case misnumbered(version: Int)
    /// An applied step has another text than the one at hand.
    case changed(version: Int, name: String)
    /// A step is missing below one that is applied.
    case skipped(version: Int)
    /// A step failed and was rolled back; those before it stand.
    case failed(version: Int, DatabaseError)
    /// The database did not answer, or the lock was not to be had in time.
    case database(DatabaseError)

    package var description: String {
        switch self {
        case .misnumbered(let version): "migration \(version) is out of order"
        case .changed(let version, let name): "migration \(version) (\(name)) has been changed"
        case .skipped(let version): "migration \(version) is missing below an applied one"
        case .failed(let version, let error): "migration \(version) failed: \(error)"
        case .database(let error): "\(error)"
        }
    }
}

/// Brings a database to the schema this program knows; any number of instances may do so at once.
package struct Migrator: Sendable {
    /// How it went.
    package enum Outcome: Equatable, Sendable {
        /// The schema is the wanted one; so many steps were applied by this call.
        case current(applied: Int)
        /// The database is ahead of this program, which can be served from (expand, contract).
        case newer(version: Int)
    }

    /// What is told while it works.
    package enum Progress: Equatable, Sendable {
        case waitingForLock
        case applying(version: Int, name: String)
        case applied(version: Int, name: String)
    }

    /// The key of the session's advisory lock; any fixed number.
    private static let lockKey = 7_236_014_519_622

    private let migrations: [Migration]
    private let lockMilliseconds: Int

    /// Takes the steps in order of their versions.
    ///
    /// - Parameter lockMilliseconds: how long to wait for another instance that migrates.
    package init(_ migrations: [Migration], lockMilliseconds: Int = 300_000) {
        self.migrations = migrations
        self.lockMilliseconds = lockMilliseconds
    }

    /// Applies what is missing, each step in a transaction of its own.
    package func run(
        on database: Database, report: (Progress) -> Void = { _ in }
    ) async throws(MigrationError) -> Outcome {
        for (index, migration) in migrations.enumerated() where migration.version != index + 1 {
            throw .misnumbered(version: migration.version)
        }
        let link = try await step { () async throws(DatabaseError) in
            try await database.openBulkLink()
        }
        defer { link.close() }
        report(.waitingForLock)
        try await lock(link)
        // The lock belongs to the session: it ends with the link, however this call ends.
        return try await apply(on: link, report)
    }

    private func lock(_ link: BulkLink) async throws(MigrationError) {
        try await step { () async throws(DatabaseError) in
            try await link.execute(
                script: """
                    set statement_timeout = 0;
                    set lock_timeout = \(lockMilliseconds);
                    set idle_in_transaction_session_timeout = 0;
                    select pg_advisory_lock(\(Migrator.lockKey))
                    """, within: lockMilliseconds + 1_000)
            // A step itself gives up a lock it does not get: it would block the service.
            try await link.execute(
                script: """
                    set lock_timeout = 10000;
                    create table if not exists schema_migrations (
                        version int primary key,
                        name text not null,
                        checksum text not null,
                        applied_at timestamptz not null default now()
                    )
                    """)
        }
    }

    private func apply(
        on link: BulkLink, _ report: (Progress) -> Void
    ) async throws(MigrationError) -> Outcome {
        let rows = try await step { () async throws(DatabaseError) in
            try await link.execute(
                script: "select version, name, checksum from schema_migrations order by version")
        }
        for (index, row) in rows.enumerated() {
            guard row.first == "\(index + 1)" else { throw .skipped(version: index + 1) }
            guard index < migrations.count else { continue }
            let migration = migrations[index]
            guard row.last == migration.checksum else {
                throw .changed(version: migration.version, name: migration.name)
            }
        }
        if rows.count > migrations.count { return .newer(version: rows.count) }
        let missing = migrations[rows.count...]
        for migration in missing {
            report(.applying(version: migration.version, name: migration.name))
            try await apply(migration, on: link)
            report(.applied(version: migration.version, name: migration.name))
        }
        return .current(applied: missing.count)
    }

    private func apply(
        _ migration: Migration, on link: BulkLink
    ) async throws(MigrationError) {
        do {
            try await link.execute(script: "begin")
            try await link.execute(script: migration.sql)
            try await link.execute(
                script: """
                    insert into schema_migrations (version, name, checksum)
                    values (\(migration.version), \(Migrator.quoted(migration.name)),
                        \(Migrator.quoted(migration.checksum)));
                    commit
                    """)
        } catch {
            // Without an answer the closing link rolls back instead.
            _ = try? await link.execute(script: "rollback")
            throw .failed(version: migration.version, error)
        }
    }

    private func step<Answer>(
        _ body: () async throws(DatabaseError) -> Answer
    ) async throws(MigrationError) -> Answer {
        do {
            return try await body()
        } catch {
            throw .database(error)
        }
    }

    /// A literal of SQL; names and checksums come from the program itself.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            + "'"
    }
}
