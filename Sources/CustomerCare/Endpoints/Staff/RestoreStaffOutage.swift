import Electricity
import JSON
import Postgres

/// Says that power is back, since when; people are told.
struct RestoreStaffOutage: Endpoint {
    static let route = Route.post("/v1/staff/outages/{outage}/restoration").requiring(.staff)

    let outage: UUID
    /// Nil means now.
    let restoredAt: Instant?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        outage = try arguments.id("outage")
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let text = object?.optionalString("restoredAt", length: 20...35)
        restoredAt = text.flatMap { Instant(rfc3339: $0) }
        if text != nil, restoredAt == nil { object?.fault("restoredAt", .wrongFormat) }
        if let problem = Problem(faults) { throw problem }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let found = try await transaction.queryOne(StaffOutage.lock, .uuid(outage))
            guard let found else { throw Problem(.notFound) }
            if found.restoredAt != nil { return found.answer(context: context) }
            let instant = restoredAt ?? context.now
            guard found.publishedAt != nil, found.cancelledAt == nil,
                found.startsAt <= context.now
            else { throw Problem(.transitionNotAllowed) }
            guard instant >= found.startsAt, instant <= context.now else {
                throw Problem(pointer: "#/restoredAt", .outOfRange)
            }
            // The instant that is meant when none is said differs from one person to the other.
            let said = restoredAt.map { "\($0.microsecondsSince1970)" } ?? "now"
            let digest = found.digest(of: "restore", Array(said.utf8))
            guard found.isAgreed(digest, by: client) else {
                return try await found.propose(digest, by: client, in: transaction, context)
            }
            try await transaction.queue(
                RestoreStaffOutage.statement, .uuid(outage), .timestamp(instant),
                .timestamp(context.now))
            try await transaction.queue(
                StaffOutage.endScopes, .uuid(outage), .timestamp(instant))
            return try await StaffOutage.done(outage, .outageRestored, in: transaction, context)
        }
    }

    static let statement = Command(
        "restore_staff_outage",
        """
        -- Power is back after an outage that is locked.
        update outages
        set restored_at = $2, over_at = $2, version = version + 1, updated_at = $3
        where outage_id = $1
        """)
}
