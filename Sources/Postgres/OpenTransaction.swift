internal import Reactor

/// The state of a transaction on its lent link.
final class OpenTransaction {
    /// Statements that may be queued without an answer.
    private static let queueLimit = 256

    private let database: Database
    private let mode: TransactionMode
    /// Said right after `begin`; where it is there, several callers share the transaction.
    private let settings: StaticString?
    private var session: Session
    private var generation: Int
    private var hasBegun = false
    private var queued: [(text: StatementText, request: Request)] = []
    private var failure: DatabaseError?
    private var isOver = false
    /// Whether the server has answered anything yet; before that the link can be exchanged.
    private var isConfirmed = false

    init(
        _ database: Database, _ mode: TransactionMode, on session: Session,
        settings: StaticString? = nil
    ) {
        self.database = database
        self.mode = mode
        self.settings = settings
        self.session = session
        generation = session.generation
    }

    /// Whether a statement has failed.
    var hasFailed: Bool { failure != nil }

    // MARK: Statements

    /// Runs a statement and waits for its answer.
    func run(
        _ text: StatementText, _ parameters: [Parameter]
    ) async throws(DatabaseError) -> QueryResult {
        try requireHealth()
        var reply = await attempt(text, parameters)
        if case .lost = reply, !isConfirmed, queued.isEmpty, settings == nil {
            // Nothing has been answered, so nothing can have been seen or committed.
            database.count(\.repeated)
            try await exchangeLink()
            reply = await attempt(text, parameters)
        }
        if case .result(let result) = reply {
            isConfirmed = true
            database.count(\.answered)
            return result
        }
        throw await fail(reply, text)
    }

    private func attempt(_ text: StatementText, _ parameters: [Parameter]) async -> Request.Reply {
        guard isLinkSame else { return .lost }
        beginOnce()
        return await session.run(text, parameters)
    }

    /// Sends a statement without waiting for its answer.
    func queue(_ text: StatementText, _ parameters: [Parameter]) async throws(DatabaseError) {
        try requireHealth()
        if queued.count >= OpenTransaction.queueLimit, let (reply, text) = await queuedFailure() {
            throw await fail(reply, text)
        }
        guard isLinkSame else { throw await fail(.lost, text) }
        beginOnce()
        if session.preparedStatement(text) == nil,
            let failure = await session.prepare(text, alone: false)
        {
            throw await fail(failure, text)
        }
        guard isLinkSame, let prepared = session.preparedStatement(text) else {
            throw await fail(.lost, text)
        }
        let request = session.send(prepared, parameters)
        // Found before it was sent: without it, the rest must not be committed.
        if case .unfit? = request.answer { throw await fail(await request.reply.value(), text) }
        queued.append((text, request))
    }

    private var isLinkSame: Bool { session.isUp && session.generation == generation }

    private func beginOnce() {
        guard !hasBegun else { return }
        hasBegun = true
        // Where one of these fails, everything after it does.
        _ = session.send(unprepared: mode.begin)
        if let settings { _ = session.send(unprepared: settings) }
    }

    private func requireHealth() throws(DatabaseError) {
        if let failure { throw failure }
        precondition(!isOver, "a transaction is used only inside its body")
    }

    private func exchangeLink() async throws(DatabaseError) {
        database.giveBack(session)
        do {
            session = try await database.lend()
        } catch {
            failure = error
            isOver = true
            throw error
        }
        generation = session.generation
        hasBegun = false
    }

    /// The first failure among what was queued; the queue is empty afterwards.
    private func queuedFailure() async -> (Request.Reply, StatementText)? {
        var first: (Request.Reply, StatementText)?
        let asked = queued
        queued.removeAll()
        for (text, request) in asked {
            let reply = await request.reply.value()
            if case .result = reply { continue }
            if first == nil { first = (reply, text) }
        }
        return first
    }

    /// Remembers why the transaction cannot go on: the failure that came first.
    private func fail(_ reply: Request.Reply, _ text: StatementText) async -> DatabaseError {
        database.count(\.failed)
        var (cause, statement) = (reply, text)
        if let earlier = await queuedFailure() { (cause, statement) = earlier }
        if case .failed(let error) = cause, error.wantsNewPreparation { session.forget(statement) }
        let error = cause.error(of: statement.name)
        if failure == nil { failure = error }
        return error
    }

    // MARK: The end

    /// Commits; throws what a queued statement or the commit itself ran into.
    func commit() async throws(DatabaseError) {
        if let failure {
            await rollBack()
            throw failure
        }
        isOver = true
        guard hasBegun else { return database.giveBack(session) }
        guard isLinkSame else {
            database.giveBack(session)
            throw .unavailable(reason: "the connection was lost")
        }
        let commit = session.send(unprepared: "commit", waitsForSync: true)
        let reply = await commit.reply.value()
        if let (reply, text) = await queuedFailure(), !reply.isLoss {
            await rollBackOnServer()
            throw await fail(reply, text)
        }
        switch reply {
        case .result(let result) where result.commandTag == "COMMIT":
            database.count(\.committed)
            database.giveBack(session)
        case .lost, .timedOut, .unconfirmed:
            database.count(\.failed)
            database.giveBack(session)
            throw .outcomeUnknown
        default:
            // The commit of a failed transaction is a rollback (tag ROLLBACK).
            await rollBackOnServer()
            throw await fail(reply, StatementText("commit", "commit"))
        }
    }

    /// Rolls back and gives the link back.
    func rollBack() async {
        guard !isOver else { return }
        isOver = true
        guard hasBegun, isLinkSame else { return database.giveBack(session) }
        await rollBackOnServer()
    }

    private func rollBackOnServer() async {
        defer { database.giveBack(session) }
        guard isLinkSame else { return }
        let rollback = session.send(unprepared: "rollback", waitsForSync: true)
        let reply = await rollback.reply.value()
        database.count(\.rolledBack)
        if case .result = reply { return }
        // In a group with a failed statement the rollback is skipped: once more on its own.
        guard case .aborted = reply, isLinkSame else { return session.lose("no rollback") }
        let again = await session.send(unprepared: "rollback", waitsForSync: true).reply.value()
        guard case .result = again else { return session.lose("no rollback") }
    }
}

extension Request.Reply {
    /// Whether the answer never came.
    fileprivate var isLoss: Bool {
        switch self {
        case .lost, .timedOut: true
        default: false
        }
    }
}
