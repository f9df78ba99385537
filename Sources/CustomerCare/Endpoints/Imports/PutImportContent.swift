import JSON
import Postgres

/// Takes the content of an import as it arrives: JSON objects on lines, or a table; compressed or
/// not.
///
/// It is held against what is known afterwards. The same content again is taken as read; other
/// content takes its place.
struct PutImportContent: Endpoint {
    static let route = Route.put("/v1/imports/{import}/content").requiring(.importing)
        .streamed(
            [Import.jsonLines, Import.csv], maximumBytes: Int(Import.maximumBytes), takesGzip: true)

    let importId: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        importId = try arguments.id("import")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        // Asked before a byte is taken, and again when it is locked.
        let found = try await context.database.queryOne(Import.find, .uuid(importId))
        guard let found else { throw Problem(.notFound) }
        guard let body = context.body else { throw PutImportContent.noContent }
        let digest = String(decoding: body.digestHeader ?? [], as: UTF8.self)
        if found.contentDigest == digest, found.state != .awaitingContent {
            return try await Import.answer(importId, context: context)
        }
        guard found.state.takesContent else { throw Problem(.transitionNotAllowed) }
        try await ImportStaging(of: importId).take(body, digest: digest, context: context)
        // What was taken cannot be taken twice: the signature is used up now.
        try await context.write { (_) async throws(Problem) in }
        return try await Import.answer(importId, status: 202, context: context)
    }

    private static var noContent: Problem {
        var problem = Problem(.badRequest)
        problem.detail = Wording("Không có nội dung.", "There is no content.")
        return problem
    }
}
