internal import Reactor

/// Single statements outside a transaction.
extension Database {
    /// Runs a read-only statement and reads every row of its answer.
    ///
    /// It shares a pipeline, and an implicit transaction, with others; when its link is lost it is
    /// run again on another. Never give a statement that writes.
    package func query<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(DatabaseError) -> [Answer] {
        let result = try await read(statement.text, parameters)
        return try result.rows(of: statement.text)
    }

    /// Runs a read-only statement like `query` and reads the first row; nil when there is none.
    package func queryOne<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(DatabaseError) -> Answer? {
        let result = try await read(statement.text, parameters)
        return try result.firstRow(of: statement.text)
    }

    /// Runs one writing statement that commits by itself; returns how many rows it touched.
    package func run(
        _ command: Command, _ parameters: Parameter...
    ) async throws(DatabaseError) -> Int {
        try await write(command.text, parameters).affectedRowCount
    }

    /// Runs one writing statement with `returning` that commits by itself.
    package func write<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(DatabaseError) -> [Answer] {
        let result = try await write(statement.text, parameters)
        return try result.rows(of: statement.text)
    }

    /// Runs a read on a link with room; again after a lost link, and once, with a sync of its own,
    /// after a neighbour's failure.
    ///
    /// All links of a server that goes are lost together, so the loss of each may be met in turn.
    func read(
        _ text: StatementText, _ parameters: [Parameter]
    ) async throws(DatabaseError) -> QueryResult {
        var isAlone = false
        var losses = 0
        for _ in 0..<5 {
            let session = try await readSession()
            let attempt = await session.run(text, parameters, alone: isAlone)
            switch attempt {
            case .result(let result):
                count(\.answered)
                return result
            case .lost where losses < configuration.readLinkCount: losses += 1
            case .aborted: isAlone = true
            case .failed(let error) where error.wantsNewPreparation && !isAlone:
                session.forget(text)
                isAlone = true
            default:
                count(\.failed)
                throw attempt.error(of: text.name)
            }
            count(\.repeated)
        }
        count(\.failed)
        throw .unavailable(reason: "the statement could not be run in five attempts")
    }

    /// Runs a write alone on a lent link; its answer waits for the implicit commit.
    func write(
        _ text: StatementText, _ parameters: [Parameter]
    ) async throws(DatabaseError) -> QueryResult {
        let session = try await lend()
        defer { giveBack(session) }
        if session.preparedStatement(text) == nil,
            let failure = await session.prepare(text, alone: true)
        {
            count(\.failed)
            throw failure.error(of: text.name)
        }
        let reply = await session.run(text, parameters, alone: true, waitsForSync: true)
        switch reply {
        case .result(let result):
            count(\.answered)
            return result
        case .lost, .timedOut, .unconfirmed:
            count(\.failed)
            throw .outcomeUnknown
        case .failed(let error) where error.wantsNewPreparation:
            session.forget(text)
            fallthrough
        default:
            count(\.failed)
            throw reply.error(of: text.name)
        }
    }
}

extension Session {
    /// Prepares a statement where the link does not know it yet, and runs it.
    func run(
        _ text: StatementText, _ parameters: [Parameter], alone: Bool = false,
        waitsForSync: Bool = false
    ) async -> Request.Reply {
        if preparedStatement(text) == nil, let failure = await prepare(text, alone: alone) {
            return failure
        }
        // Without it the link was lost between the preparation and now.
        guard let prepared = preparedStatement(text) else { return .lost }
        let request = send(prepared, parameters, alone: alone, waitsForSync: waitsForSync)
        return await request.reply.value()
    }
}

extension Request.Reply {
    /// The error a caller sees; asked only of replies that are none.
    func error(of statement: StaticString) -> DatabaseError {
        switch self {
        case .failed(let error), .aborted(let error): error.error(of: statement)
        case .lost: .unavailable(reason: "the connection was lost")
        case .timedOut: .timedOut
        case .unfit(let fault): fault.error(of: statement)
        case .unconfirmed, .result: .outcomeUnknown
        }
    }
}

extension ParameterBuffer.Fault {
    /// The error a caller sees; it names the parameter's position, never its value.
    func error(of statement: StaticString) -> DatabaseError {
        let (sqlState, message) =
            switch self {
            case .type(let position, let oid): ("42804", "$\(position) has the type \(oid)")
            case .range(let position): ("22003", "$\(position) is out of range")
            case .nul(let position): ("22021", "$\(position) contains a NUL")
            case .count(let given, let wanted): ("08P01", "\(given) of \(wanted) parameters")
            }
        return .rejected(sqlState: sqlState, message: message, statement: "\(statement)")
    }
}

extension QueryResult {
    func rows<Answer: Row>(of text: StatementText) throws(DatabaseError) -> [Answer] {
        do {
            return try rows()
        } catch {
            throw .row(error, statement: "\(text.name)")
        }
    }

    func firstRow<Answer: Row>(of text: StatementText) throws(DatabaseError) -> Answer? {
        do {
            return try firstRow()
        } catch {
            throw .row(error, statement: "\(text.name)")
        }
    }
}
