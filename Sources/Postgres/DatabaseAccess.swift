/// A database whose calls throw the error type of the code that uses them.
///
/// `let database: DatabaseAccess<Problem>` spares every caller a `catch`.
package struct DatabaseAccess<Failure: DatabaseFailure>: Sendable {
    /// The database itself.
    package let database: Database

    /// Gives a database another error type.
    package init(_ database: Database) {
        self.database = database
    }

    /// Runs a read-only statement and reads every row; see `Database.query`.
    package func query<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(Failure) -> [Answer] {
        do {
            return try await database.read(statement.text, parameters).rows(of: statement.text)
        } catch {
            throw Failure(error)
        }
    }

    /// Runs a read-only statement and reads the first row; nil when there is none.
    package func queryOne<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(Failure) -> Answer? {
        do {
            return try await database.read(statement.text, parameters).firstRow(of: statement.text)
        } catch {
            throw Failure(error)
        }
    }

    /// Runs one writing statement that commits by itself; returns how many rows it touched.
    @discardableResult
    package func run(
        _ command: Command, _ parameters: Parameter...
    ) async throws(Failure) -> Int {
        do {
            return try await database.write(command.text, parameters).affectedRowCount
        } catch {
            throw Failure(error)
        }
    }

    /// Runs `body` in a transaction; see `Database.transaction`.
    package func transaction<Answer>(
        _ mode: TransactionMode = .readWrite,
        _ body: (Transaction<Failure>) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        try await database.transaction(mode, body)
    }

    /// Runs `body` in a transaction that others share; see `Database.sharedTransaction`.
    package func sharedTransaction<Answer>(
        keys: [String],
        _ body: (Transaction<Failure>) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        try await database.sharedTransaction(keys: keys, body)
    }
}
