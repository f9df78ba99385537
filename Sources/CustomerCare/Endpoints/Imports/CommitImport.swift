import JSON
import Postgres

/// Puts an import that is valid into use: all of it or nothing, and in a moment.
struct CommitImport: Endpoint {
    static let route = Route.post("/v1/imports/{import}/commit").requiring(.importing)
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
            case .validated:
                if found.needsApproval { throw Problem(.approvalRequired) }
                try await transaction.queue(
                    ImportWork.commit, .uuid(importId), .timestamp(context.now))
            case .committing, .committed: break
            case .awaitingContent, .validating, .invalid, .rollingBack, .rolledBack:
                throw Problem(.transitionNotAllowed)
            }
            return found.state
        }
        return try await Import.answer(
            importId, status: state == .committed ? 200 : 202, context: context)
    }
}
