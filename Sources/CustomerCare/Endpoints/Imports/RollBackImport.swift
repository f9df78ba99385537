import JSON
import Postgres

/// Takes back an import of bills that should not have been put into use: the newest one of its
/// kind, for a week, while none of its bills is paid.
struct RollBackImport: Endpoint {
    static let route = Route.post("/v1/imports/{import}/rollback").requiring(.importing)
        .withoutBody()

    let importId: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        importId = try arguments.id("import")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let state = try await context.write {
            (transaction) async throws(Problem) -> Import.State in
            let found = try await transaction.queryOne(Import.lock, .uuid(importId))
            guard let found else { throw Problem(.notFound) }
            switch found.state {
            case .committed:
                // What others overwrite is not kept as it was.
                guard found.kind == .bills || found.kind == .reactiveBills else {
                    throw Problem(.transitionNotAllowed)
                }
                try await transaction.queue(
                    RollBackImport.statement, .uuid(importId), .timestamp(context.now))
            case .rollingBack, .rolledBack: break
            case .awaitingContent, .validating, .invalid, .validated, .committing:
                throw Problem(.transitionNotAllowed)
            }
            return found.state
        }
        return try await Import.answer(
            importId, status: state == .rolledBack ? 200 : 202, context: context)
    }

    static let statement = Command(
        "roll_back_import",
        """
        -- Import $1 is to be taken back.
        update imports set state = 'rolling_back', fault = null, updated_at = $2
        where import_id = $1
        """)
}
