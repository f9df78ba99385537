/// Statements with parameters on a link for long work, such as those around a COPY.
extension BulkLink {
    /// Runs a statement and reads every row of its answer.
    package func query<Answer>(
        _ statement: Statement<Answer>, _ parameters: Parameter...
    ) async throws(DatabaseError) -> [Answer] {
        try await run(statement.text, parameters)?.rows(of: statement.text) ?? []
    }

    /// Runs a statement without rows; returns how many rows it touched.
    @discardableResult
    package func run(
        _ command: Command, _ parameters: Parameter...
    ) async throws(DatabaseError) -> Int {
        try await run(command, parameters: parameters)
    }

    /// The same with parameters that are gathered before; how many rows it touched.
    @discardableResult
    package func run(
        _ command: Command, parameters: [Parameter]
    ) async throws(DatabaseError) -> Int {
        try await run(command.text, parameters)?.affectedRowCount ?? 0
    }

    private func run(
        _ text: StatementText, _ parameters: [Parameter]
    ) async throws(DatabaseError) -> QueryResult? {
        let prepared: PreparedStatement
        if let known = self.prepared[text.key] {
            prepared = known
        } else {
            let (name, result) = try await prepare(text)
            prepared = PreparedStatement(name: name, parameterTypes: result?.parameterTypes ?? [])
            self.prepared[text.key] = prepared
        }
        var buffer = ParameterBuffer()
        do {
            try buffer.encode(parameters, as: prepared.parameterTypes)
        } catch {
            throw error.error(of: text.name)
        }
        return try await send(prepared.name, buffer, of: text.name)
    }
}
