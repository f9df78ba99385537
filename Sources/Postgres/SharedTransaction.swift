import Reactor

/// One transaction of several callers who wait for a link at the same time: one commit for all.
///
/// Their bodies run side by side, and what they send in one turn goes out in one write. All are
/// committed together or none is: when one cannot go on, everything is rolled back and each is
/// told to run again.
final class SharedTransaction: TurnEndHandler {
    /// How the transaction ended.
    enum End {
        case committed
        /// Nothing of it remains; with the error of a commit that was refused.
        case undone(DatabaseError?)
        /// The commit may have happened.
        case unknown
    }

    /// Callers who share one transaction.
    static let memberLimit = 16

    /// How long a statement waits for a lock of somebody else.
    ///
    /// One member does not keep all the others waiting. It is shorter than the time after which
    /// PostgreSQL looks for those who wait in a circle (deadlock_timeout, 1 s): the others are not
    /// the ones who are stopped.
    private static let lockTimeout: StaticString = "set local lock_timeout = 400"

    private let database: Database
    private var keys: Set<String> = []
    private var beginnings: [Promise<Result<OpenTransaction, DatabaseError>>] = []
    private let isGathered = Promise<Void>()
    private var begun: Result<OpenTransaction, DatabaseError>?
    private var open: OpenTransaction?
    private var endings: [Promise<End>] = []
    private var turns: [(key: String, turn: Promise<Void>)] = []
    private var running = 0
    private var isSpoilt = false

    init(_ database: Database) {
        self.database = database
    }

    // MARK: The members

    /// How many share it.
    private(set) var memberCount = 0

    /// Whether a statement has failed, so that no member's outcome is its own.
    var hasFailed: Bool { open?.hasFailed ?? true }

    /// Takes a member in; false when it is full, or a member has one of the keys.
    func admit(_ keys: [String]) -> Bool {
        guard memberCount < SharedTransaction.memberLimit, self.keys.isDisjoint(with: keys) else {
            return false
        }
        self.keys.formUnion(keys)
        memberCount += 1
        return true
    }

    /// Waits until it has begun; the first member waits for a link on behalf of all.
    func begin(isFirst: Bool) async throws(DatabaseError) -> OpenTransaction {
        guard isFirst else {
            // Between being taken in and waiting it may have begun.
            if let begun { return try begun.get() }
            let beginning = Promise<Result<OpenTransaction, DatabaseError>>()
            beginnings.append(beginning)
            return try await beginning.value().get()
        }
        // Who comes in the same turn shares it, also where a link is free.
        database.loop.atEndOfTurn(self)
        await isGathered.value()
        let result: Result<OpenTransaction, DatabaseError>
        do {
            result = .success(try await start())
        } catch {
            database.closeSharing(self)
            result = .failure(error)
        }
        begun = result
        for beginning in beginnings { beginning.keep(result) }
        return try result.get()
    }

    func turnEnds() {
        isGathered.keep(())
        takeTurns()
    }

    private func start() async throws(DatabaseError) -> OpenTransaction {
        let session = try await database.lend()
        database.closeSharing(self)
        let isShared = memberCount > 1
        let open = OpenTransaction(
            database, .readWrite, on: session,
            settings: isShared ? SharedTransaction.lockTimeout : nil)
        self.open = open
        running = memberCount
        return open
    }

    // MARK: Turns

    /// Waits until every member has come as far or has ended; they go on in the order of keys.
    func turn(_ key: String) async {
        let turn = Promise<Void>()
        turns.append((key, turn))
        callTurns()
        await turn.value()
    }

    /// At the end of the loop's turn, when the last one waits as well: before, it would go on ahead
    /// of the others.
    private func callTurns() {
        if turns.count == running { database.loop.atEndOfTurn(self) }
    }

    private func takeTurns() {
        guard turns.count == running else { return }
        let due = turns.sorted { $0.key < $1.key }
        turns.removeAll()
        for (_, turn) in due { turn.keep(()) }
    }

    // MARK: The end

    /// A member has ended; waits until all have, and the transaction with them.
    func end(isFit: Bool) async -> End {
        let ending = Promise<End>()
        endings.append(ending)
        running -= 1
        if !isFit { isSpoilt = true }
        if running == 0 {
            let end = await finish()
            for ending in endings { ending.keep(end) }
        } else {
            callTurns()
        }
        return await ending.value()
    }

    private func finish() async -> End {
        guard let open else { return .undone(nil) }
        if isSpoilt {
            await open.rollBack()
            return .undone(nil)
        }
        do {
            try await open.commit()
            return .committed
        } catch {
            return error == .outcomeUnknown ? .unknown : .undone(error)
        }
    }
}

extension Database {
    /// Runs `body` like `transaction`, but together with others who wait for a link at the same
    /// time: they share one transaction and its commit, which is what many small writes cost most.
    ///
    /// What one has written is not hidden from another before the commit, and locks do not hold
    /// them apart: `keys` must name everything by which two bodies could meet (an account, a
    /// code), and none shares with another of the same key. Whoever locks rows that somebody
    /// outside may lock as well asks `inTurn` before. When one throws, all are rolled back, and
    /// the others run again: a body must change nothing but the database.
    package func sharedTransaction<Answer, Failure: DatabaseFailure>(
        keys: [String],
        _ body: (Transaction<Failure>) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        // Twice, for one that cannot go on must not cost the others what they save.
        for _ in 0..<2 {
            let (shared, isFirst) = share(keys)
            let open: OpenTransaction
            do {
                open = try await shared.begin(isFirst: isFirst)
            } catch {
                throw Failure(error)
            }
            let result: Result<Answer, Failure>
            do {
                result = .success(try await body(Transaction(open: open, shared: shared)))
            } catch {
                result = .failure(error)
            }
            let isFit = if case .success = result { true } else { false }
            switch await shared.end(isFit: isFit) {
            case .committed: return try result.get()
            case .unknown: throw Failure(.outcomeUnknown)
            case .undone(let error):
                // What a body found while no statement had failed is its own.
                if case .failure(let own) = result, shared.memberCount == 1 || !shared.hasFailed {
                    throw own
                }
                if shared.memberCount == 1, let error { throw Failure(error) }
                count(\.redone)
            }
            if shared.hasFailed { break }
        }
        return try await transaction(.readWrite, body)
    }

    /// The transaction that gathers members, or a new one where it does not take these keys.
    private func share(_ keys: [String]) -> (SharedTransaction, isFirst: Bool) {
        loop.assertCurrent()
        if let gathering, gathering.admit(keys) {
            count(\.shared)
            return (gathering, false)
        }
        let shared = SharedTransaction(self)
        _ = shared.admit(keys)  // It is empty.
        gathering = shared
        return (shared, true)
    }

    /// No more members for a transaction that begins.
    func closeSharing(_ shared: SharedTransaction) {
        if gathering === shared { gathering = nil }
    }
}
