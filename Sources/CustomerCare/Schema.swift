import Electricity
import Postgres
import Signing

/// The schema of the database: the migrations inside the binary, and the partitions by month.
package enum Schema {
    /// What is told while the schema is brought up to date.
    enum Progress: Equatable, Sendable {
        /// Another instance may be migrating; this one waits for its turn.
        case waitingForLock
        /// A step begins.
        case applying(name: String)
        /// A step is committed.
        case applied(name: String)
        /// So many partitions have been made: one per month and partitioned table.
        case createdPartitions(Int)
    }

    /// The migrations in order, each with the SHA-256 of its text.
    static let migrations: [Migration] = {
        let folder = "migrations/"
        let suffix = ".sql"
        let names = Assets.names(withPrefix: folder).filter { $0.hasSuffix(suffix) }
        return names.enumerated().compactMap { position, path in
            guard let bytes = Assets.bytes(path) else { return nil }
            let checksum = Hexadecimal.encode(SHA256.digest(bytes))
            return Migration(
                version: position + 1,
                name: String(path.dropFirst(folder.count).dropLast(suffix.count)),
                sql: String(decoding: bytes, as: UTF8.self),
                checksum: String(decoding: checksum, as: UTF8.self))
        }
    }()

    /// Months before and after the present one that have partitions.
    static let partitionedMonths = -36...12

    /// Applies the missing migrations, then creates the missing partitions around today.
    ///
    /// Any number of instances may do so at once. A database that is ahead of this program is
    /// left as it is.
    @discardableResult
    static func migrate(
        _ database: Database, world: World = .real, report: (Progress) -> Void = { _ in }
    ) async throws(MigrationError) -> Migrator.Outcome {
        let today = LocalDate(of: world.now())
        let outcome = try await Migrator(migrations).run(on: database) { progress in
            switch progress {
            case .waitingForLock: report(.waitingForLock)
            case .applying(_, let name): report(.applying(name: name))
            case .applied(_, let name): report(.applied(name: name))
            }
        }
        guard case .current = outcome else { return outcome }
        do {
            report(.createdPartitions(try await ensurePartitions(database, around: today)))
        } catch {
            throw .database(error)
        }
        return outcome
    }

    private static func ensurePartitions(
        _ database: Database, around today: LocalDate
    ) async throws(DatabaseError) -> Int {
        let first = today.month.advanced(byMonths: partitionedMonths.lowerBound)
        let last = today.month.advanced(byMonths: partitionedMonths.upperBound)
        return try await database.transaction {
            (transaction: Transaction<DatabaseError>) async throws(DatabaseError) -> Int in
            // Two instances that make the same partition would fail each other.
            _ = try await transaction.queryOne(lockStatement)
            let row = try await transaction.queryOne(
                partitionStatement, .month(first), .month(last))
            return Int(row?.value ?? 0)
        }
    }

    static let lockStatement = Statement<SchemaNumber>(
        "schema_lock",
        """
        -- Waits until no other instance creates partitions; the lock ends with the transaction.
        select 1 as value from pg_advisory_xact_lock(7236014519623)
        """)

    static let partitionStatement = Statement<SchemaNumber>(
        "schema_partitions",
        """
        -- Creates the partitions of the months $1 to $2 as far as missing; says how many.
        select ensure_month_partitions($1, $2) as value
        """)
}

/// A row of one number.
struct SchemaNumber: Row {
    static let columns = ["value"]
    let value: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        value = try row.int64()
    }
}
