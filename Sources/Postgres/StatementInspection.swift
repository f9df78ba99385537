/// What the server says about a statement: for the tests that look at every statement at once.
package struct StatementInspection: Sendable {
    /// OIDs of `pg_type` for `$1`, `$2`, ….
    package let parameterTypes: [UInt32]
    /// Names of the answer's columns, in order.
    package let columnNames: [String]
    /// OIDs of `pg_type` for the answer's columns.
    package let columnTypes: [UInt32]
}

extension BulkLink {
    /// Prepares and describes a statement.
    package func inspect(_ text: StatementText) async throws(DatabaseError) -> StatementInspection {
        let (_, result) = try await prepare(text)
        return StatementInspection(
            parameterTypes: result?.parameterTypes ?? [], columnNames: result?.columnNames ?? [],
            columnTypes: result?.columnTypes ?? [])
    }

    /// The lines of `explain` for the plan a statement has whatever its parameters are.
    ///
    /// PostgreSQL 15 has no `explain (generic_plan)`: the statement is prepared, forced to its
    /// generic plan and explained with NULLs, which a generic plan does not look at.
    package func explain(_ text: StatementText) async throws(DatabaseError) -> [String] {
        let count = try await inspect(text).parameterTypes.count
        let nulls = Array(repeating: "null", count: count).joined(separator: ", ")
        try await execute(
            script: """
                set plan_cache_mode = force_generic_plan;
                prepare explained as \(text.sql)
                """)
        let call = count == 0 ? "explained" : "explained(\(nulls))"
        let rows = try await execute(script: "explain execute \(call)")
        try await execute(script: "deallocate explained; reset plan_cache_mode")
        return rows.map { $0.first.flatMap { $0 } ?? "" }
    }
}
