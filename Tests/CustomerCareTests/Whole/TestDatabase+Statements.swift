import Postgres

@testable import CustomerCare

extension TestDatabase {
    /// Runs `body` for every statement of the list that can be prepared, on a link with the
    /// rights of the role that runs it in production.
    func forEachStatement(
        _ body: @escaping @Sendable (ListedStatement, BulkLink) async throws -> Void
    ) async throws {
        for (url, runner) in [(serviceURL, ListedStatement.Runner.service), (ownerURL, .owner)] {
            try await TestLoop.run(connection: url) { database in
                let link = try await database.openBulkLink()
                defer { link.close() }
                for statement in Statements.all
                where statement.runner == runner && statement.isPreparable {
                    try await body(statement, link)
                }
            }
        }
    }
}
