import Electricity
import JSON
import Postgres

/// Holds imports against what is known, and puts those into use that somebody has committed.
///
/// One of all instances does it at a time: the oldest import first, whose row is locked for the
/// whole of a step; the lease spares the others the waiting. Each step is one transaction: wherever
/// it is cut off, the import stands where it stood and the next run begins the step anew.
final class ImportWork {
    /// How long a step waits when whoever took it has died.
    private static let leaseSeconds: Int64 = 60

    private let database: Database
    private let world: World
    private let lease: Lease
    /// Told why a step could not be taken.
    private let failed: (String) -> Void

    init(
        database: Database, world: World, owner: UUID, failed: @escaping (String) -> Void
    ) {
        self.database = database
        self.world = world
        self.failed = failed
        lease = Lease(name: "imports", owner: owner, seconds: ImportWork.leaseSeconds)
    }

    /// Takes every step that is due, the oldest first.
    @discardableResult
    func run() async -> Bool {
        let access = DatabaseAccess<Problem>(database)
        do throws(Problem) {
            while let next = try await access.queryOne(ImportWork.next) {
                guard try await lease.take(at: world.now(), on: access) else { return true }
                let isDone = await step(next)
                try await lease.release(on: access)
                guard isDone else { return false }
            }
            return try await clear(on: access)
        } catch {
            // Away or busy: what is due stays due, and the lease runs out.
            failed(error.reason ?? error.code.rawValue)
            return false
        }
    }

    /// One step of an import; false when it must be tried again later.
    private func step(_ next: Next) async -> Bool {
        do throws(DatabaseError) {
            try await database.withBulkLink { (link: BulkLink) async throws(DatabaseError) in
                try await link.execute(script: "begin")
                // Another may have taken the step since.
                let found = try await link.query(Import.lock, .uuid(next.importId)).first
                guard let found else { return }
                try await link.execute(script: found.line.planning)
                switch found.state {
                case .validating: try await validate(found, on: link)
                case .committing: try await commit(found, on: link)
                case .rollingBack: try await rollBack(found, on: link)
                default: break
                }
                try await link.execute(script: "commit")
            }
            return true
        } catch {
            failed("an import: \(error)")
            return await putBack(next, error)
        }
    }

    /// What can never succeed is put back to be looked at; false for what may, later.
    private func putBack(_ next: Next, _ error: DatabaseError) async -> Bool {
        // What may succeed later is left as it is.
        guard error.retryAfterSeconds == nil else { return false }
        let words =
            switch error {
            case .constraintViolated("imports_as_of_idx", _): "as_of_used"
            case .constraintViolated(ArrivingBills.constraint, _): "month_known"
            // Tariffs that were approved beside a version that is not the newest any more.
            case .constraintViolated("tariff_versions_version_before_check", _),
                .constraintViolated("tariff_versions_pkey", _):
                "newer_version"
            default: "refused"
            }
        do throws(Problem) {
            try await DatabaseAccess<Problem>(database).run(
                ImportWork.giveBack, .uuid(next.importId), .text(words),
                .timestamp(world.now()))
            return true
        } catch {
            // It stays as it is, and is tried again.
            return false
        }
    }

    /// Throws away what nothing can put into use any more, one import after the other.
    private func clear(on access: DatabaseAccess<Problem>) async throws(Problem) -> Bool {
        while let next = try await access.queryOne(ImportWork.cleared, .timestamp(world.now())) {
            guard try await lease.take(at: world.now(), on: access) else { return true }
            let isDone = await clear(next)
            try await lease.release(on: access)
            guard isDone else { return false }
        }
        return true
    }

    private func clear(_ next: Next) async -> Bool {
        do throws(DatabaseError) {
            try await database.withBulkLink { (link: BulkLink) async throws(DatabaseError) in
                try await link.execute(script: "begin")
                let id = Parameter.uuid(next.importId)
                // Content that is sent again has been put in the place of it.
                if let found = try await link.query(Import.lock, id).first,
                    [.committed, .rolledBack, .invalid].contains(found.state)
                {
                    try await self.clear(found, on: link)
                    try await link.run(ImportWork.noteCleared, id, .timestamp(self.world.now()))
                }
                try await link.execute(script: "commit")
            }
            return true
        } catch {
            failed("what was staged for an import: \(error)")
            return false
        }
    }

    /// Empties the tables of its kind, or deletes the rows of one among others.
    private func clear(_ found: Import, on link: BulkLink) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        let staged = found.line.staged
        if !staged.isEmpty {
            let kinds = ImportKind.allCases.filter { $0.line.staged == staged }.map(\.rawValue)
            let isDone = try await link.query(
                ImportWork.clearStaged, id, .texts(staged), .texts(kinds)
            ).first?.isDone
            if isDone == true { return }
        }
        for command in found.line.clears { try await link.run(command, id) }
    }

    // MARK: Steps

    private func validate(_ found: Import, on link: BulkLink) async throws(DatabaseError) {
        let line = found.line
        let faults = try await line.faults(of: found, on: link)
        if !faults.isEmpty {
            try await link.run(
                ImportFault.insert, .uuid(found.importId), .int64s(faults.map(\.fault.line)),
                .texts(faults.map(\.fault.field)), .texts(faults.map(\.fault.code)),
                .texts(faults.map { $0.fault.value ?? "" }))
        }
        guard let difference = try await line.difference(of: found, on: link) else { return }
        let anomalies = try await line.anomalies(of: found, on: link)
        try await link.run(
            ImportWork.judge, .uuid(found.importId), .int64(faults.first?.count ?? 0),
            .int64(difference.new), .int64(difference.corrected), .int64(difference.cancelled),
            .int64(difference.unchanged), .int64(difference.messages), .timestamp(world.now()),
            .text(ImportAnomaly.list(anomalies)))
    }

    private func commit(_ found: Import, on link: BulkLink) async throws(DatabaseError) {
        let now = world.now()
        try await found.line.commit(found, at: now, on: link)
        try await link.run(ImportWork.finish, .uuid(found.importId), .timestamp(now))
    }

    private func rollBack(_ found: Import, on link: BulkLink) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        let now = Parameter.timestamp(world.now())
        let reason = try await link.query(ImportWork.rollBack, id).first?.reason
        if let reason {
            try await link.run(ImportWork.giveBack, id, .text(reason), now)
        } else {
            try await link.run(ImportWork.endRollback, id, now)
        }
    }
}
