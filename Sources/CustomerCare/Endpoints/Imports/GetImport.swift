import JSON
import Postgres

/// Shows how far an import has come, what is wrong with it and what it would change.
struct GetImport: Endpoint {
    static let route = Route.get("/v1/imports/{import}").requiring(.importing)

    let importId: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        importId = try arguments.id("import")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await Import.answer(importId, context: context)
    }
}
