import JSON
import Postgres

/// Changes an outage, by somebody who has seen its present version.
///
/// A draft is just changed. What is published and reaches many takes two persons: the first
/// proposes (202), the second sends the same (200). People are told of the new version.
struct ChangeStaffOutage: Endpoint {
    static let route = Route.put("/v1/staff/outages/{outage}").requiring(.staff)

    let outage: UUID
    let form: OutageForm

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        outage = try arguments.id("outage")
        form = try OutageForm(body)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        try form.check(at: context.now)
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let found = try await transaction.queryOne(StaffOutage.lock, .uuid(outage))
            guard let found else { throw Problem(.notFound) }
            try context.requireVersion(Int(found.version))
            if found.isOver { throw Problem(.transitionNotAllowed) }
            let digest = found.digest(of: "change", form.digest)
            let reach = try await transaction.queryOne(
                StaffOutage.reach, .texts(form.scopes.map(\.kind.rawValue)),
                .texts(form.scopes.map(\.value)), .timestamp(form.start))
            if found.publishedAt != nil,
                !found.isAgreed(digest, by: client, reach: reach?.count ?? 0)
            {
                return try await found.propose(digest, by: client, in: transaction, context)
            }
            let version = Int(found.version) + 1
            try await transaction.queue(
                ChangeStaffOutage.statement, .uuid(outage), .text(form.kind.rawValue),
                .text(form.place), .text(form.reason), .timestamp(form.start),
                .timestamp(form.expectedEnd), .timestamp(form.overAt),
                .text(ExpectedEnd.list(form.expectedEnd, version: version, at: context.now)),
                .timestamp(context.now))
            try await transaction.queue(StaffOutage.clearScopes, .uuid(outage))
            try await form.queueScopes(of: outage, in: transaction)
            return try await StaffOutage.done(outage, .outageChanged, in: transaction, context)
        }
    }

    static let statement = Command(
        "change_staff_outage",
        """
        -- The next version of an outage that is locked.
        update outages
        set kind = $2, version = version + 1, place = $3, reason = $4, starts_at = $5,
            expected_end_at = $6, over_at = coalesce($7, 'infinity'::timestamptz),
            expected_ends = (expected_ends::jsonb || $8::jsonb)::json, updated_at = $9
        where outage_id = $1
        """)
}

extension StaffOutage {
    /// Keeps what the first of two persons wants; 202.
    func propose(
        _ digest: [UInt8], by client: UUID, in transaction: Transaction<Problem>,
        _ context: Context
    ) async throws(Problem) -> Answer {
        try await transaction.queue(
            StaffOutage.propose, .uuid(outageId), .uuid(client), .bytes(digest),
            .timestamp(context.now))
        try await context.auditStaff(.outageProposed, subject: "\(outageId)", in: transaction)
        let proposed = try await transaction.queryOne(StaffOutage.find, .uuid(outageId))
        guard let proposed else { throw Problem(.notFound) }
        return proposed.answer(202, context: context)
    }

    /// Notes down what was done, and answers with what has become of it.
    static func done(
        _ outage: UUID, _ action: StaffAction, in transaction: Transaction<Problem>,
        _ context: Context
    ) async throws(Problem) -> Answer {
        try await transaction.queue(StaffOutage.settle, .uuid(outage))
        try await context.auditStaff(action, subject: "\(outage)", in: transaction)
        let changed = try await transaction.queryOne(StaffOutage.find, .uuid(outage))
        guard let changed else { throw Problem(.notFound) }
        return changed.answer(context: context)
    }
}
