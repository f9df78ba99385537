import JSON
import Postgres

/// Publishes a draft: everybody it touches sees it and is told.
///
/// One that reaches many takes two persons. Publishing what is published does no harm.
struct PublishStaffOutage: Endpoint {
    static let route = Route.post("/v1/staff/outages/{outage}/publication").requiring(.staff)
        .withoutBody()

    let outage: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        outage = try arguments.id("outage")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let found = try await transaction.queryOne(StaffOutage.lock, .uuid(outage))
            guard let found else { throw Problem(.notFound) }
            if found.publishedAt != nil { return found.answer(context: context) }
            if found.isOver { throw Problem(.transitionNotAllowed) }
            let digest = found.digest(of: "publish")
            guard found.isAgreed(digest, by: client) else {
                return try await found.propose(digest, by: client, in: transaction, context)
            }
            try await transaction.queue(
                PublishStaffOutage.statement, .uuid(outage), .timestamp(context.now))
            return try await StaffOutage.done(outage, .outagePublished, in: transaction, context)
        }
    }

    static let statement = Command(
        "publish_staff_outage",
        """
        -- A draft that is locked, for everybody to see.
        update outages
        set published_at = $2, updated_at = $2
        where outage_id = $1
        """)
}
