import JSON
import Postgres

/// Approves an import that is out of the ordinary, by somebody else than whoever sent it.
///
/// It is not put into use by that: whoever sent it commits it. Other content needs another
/// approval.
struct ApproveImport: Endpoint {
    static let route = Route.post("/v1/staff/imports/{import}/approval").requiring(.staff)

    let importId: UUID
    let reason: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        importId = try arguments.id("import")
        let faults = JSONFaults()
        let reason = JSONObject(root: body, faults: faults)?.line("reason", atMost: 200)
        if let problem = Problem(faults) { throw problem }
        guard let reason else { throw Problem(.invalidRequest) }
        self.reason = reason
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        try await context.write { (transaction) async throws(Problem) in
            let found = try await transaction.queryOne(Import.lock, .uuid(importId))
            guard let found else { throw Problem(.notFound) }
            guard found.state == .validated, found.anomalies != nil, found.clientId != client
            else { throw Problem(.transitionNotAllowed) }
            if found.approvedBy != nil { return }
            try await transaction.queue(
                ApproveImport.statement, .uuid(importId), .uuid(client), .timestamp(context.now))
            try await context.auditStaff(
                .importApproved, subject: "\(importId)", purpose: reason, in: transaction)
        }
        return try await Import.answer(importId, context: context)
    }

    static let statement = Command(
        "approve_import",
        """
        -- Import $1, which is locked, may be put into use in spite of what is unusual about it.
        update imports set approved_by = $2, updated_at = $3 where import_id = $1
        """)
}
