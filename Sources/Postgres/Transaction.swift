/// How a transaction begins.
package enum TransactionMode: Sendable {
    /// Read committed: each statement sees what was committed before it.
    case readWrite
    /// Read committed, and the server refuses writes.
    case readOnly
    /// One snapshot for all statements; may fail with `unavailable` when it collides.
    case repeatableRead
    /// One snapshot for all statements, and the server refuses writes.
    case repeatableReadOnly

    var begin: StaticString {
        switch self {
        case .readWrite: "begin isolation level read committed read write"
        case .readOnly: "begin isolation level read committed read only"
        case .repeatableRead: "begin isolation level repeatable read read write"
        case .repeatableReadOnly: "begin isolation level repeatable read read only"
        }
    }
}

/// The statements of one transaction, one after the other, throwing the caller's own error type.
///
/// Valid only inside the body given to `Database.transaction`. After a statement has failed, all
/// later ones throw the same error, and the transaction is rolled back however the body ends.
package struct Transaction<Failure: DatabaseFailure> {
    let open: OpenTransaction
    /// Who shares it; nil where nobody may.
    var shared: SharedTransaction?

    /// Waits, where others share the transaction, until they have come as far or have ended; then
    /// all go on in the order of their keys.
    ///
    /// Whoever locks rows that others lock as well, one after the other, asks for a turn before, so
    /// that all lock in the same order and none waits in a circle.
    package func inTurn(_ key: String) async {
        await shared?.turn(key)
    }

    /// Runs a statement and reads every row of its answer.
    package func query<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(Failure) -> [Answer] {
        do {
            return try await open.run(statement.text, parameters).rows(of: statement.text)
        } catch {
            throw Failure(error)
        }
    }

    /// Runs a statement and reads the first row; nil when there is none.
    package func queryOne<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(Failure) -> Answer? {
        do {
            return try await open.run(statement.text, parameters).firstRow(of: statement.text)
        } catch {
            throw Failure(error)
        }
    }

    /// Runs a statement without rows; returns how many rows it touched.
    @discardableResult
    package func run(
        _ command: Command, _ parameters: Parameter...
    ) async throws(Failure) -> Int {
        try await run(command, parameters: parameters)
    }

    /// The same with parameters that are gathered before; how many rows it touched.
    package func run(
        _ command: Command, parameters: [Parameter]
    ) async throws(Failure) -> Int {
        do {
            return try await open.run(command.text, parameters).affectedRowCount
        } catch {
            throw Failure(error)
        }
    }

    /// Sends a statement without waiting for it, so that several cost one round trip.
    ///
    /// When it fails, the next awaited statement or the commit throws its error.
    package func queue(
        _ command: Command, _ parameters: Parameter...
    ) async throws(Failure) {
        do {
            try await open.queue(command.text, parameters)
        } catch {
            throw Failure(error)
        }
    }
}

extension Database {
    /// Runs `body` between `begin` and `commit` on a link lent to it; rolls back when it throws.
    ///
    /// Never await another service inside. In code that throws its own error, a `DatabaseFailure`:
    /// `transaction { (t: Transaction<Problem>) async throws(Problem) in … }`.
    package func transaction<Answer, Failure: DatabaseFailure>(
        _ mode: TransactionMode = .readWrite,
        _ body: (Transaction<Failure>) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let open: OpenTransaction
        do {
            open = OpenTransaction(self, mode, on: try await lend())
        } catch {
            throw Failure(error)
        }
        let answer: Answer
        do {
            answer = try await body(Transaction(open: open))
        } catch {
            await open.rollBack()
            throw error
        }
        do {
            try await open.commit()
        } catch {
            throw Failure(error)
        }
        return answer
    }
}
