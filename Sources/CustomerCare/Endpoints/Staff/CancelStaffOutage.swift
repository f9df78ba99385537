import JSON
import Postgres

/// Cancels an outage; one that is published stays to be seen, marked, and people are told.
struct CancelStaffOutage: Endpoint {
    static let route = Route.post("/v1/staff/outages/{outage}/cancellation").requiring(.staff)
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
            if found.cancelledAt != nil { return found.answer(context: context) }
            if found.restoredAt != nil { throw Problem(.transitionNotAllowed) }
            let digest = found.digest(of: "cancel")
            if found.publishedAt != nil, !found.isAgreed(digest, by: client) {
                return try await found.propose(digest, by: client, in: transaction, context)
            }
            // Seen until it would have ended; a fault without an end, until now.
            let over = found.expectedEndAt.map { max($0, context.now) } ?? context.now
            try await transaction.queue(
                CancelStaffOutage.statement, .uuid(outage), .timestamp(context.now),
                .timestamp(over))
            try await transaction.queue(
                StaffOutage.endScopes, .uuid(outage), .timestamp(over))
            return try await StaffOutage.done(outage, .outageCancelled, in: transaction, context)
        }
    }

    static let statement = Command(
        "cancel_staff_outage",
        """
        -- An outage that is locked does not take place.
        update outages
        set cancelled_at = $2, over_at = $3, version = version + 1, updated_at = $2
        where outage_id = $1
        """)
}
