import Electricity
import JSON
import Postgres

/// Types an outage: a draft, which nobody sees before it is published.
struct CreateStaffOutage: Endpoint {
    static let route = Route.post("/v1/staff/outages").requiring(.staff)

    let form: OutageForm

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        form = try OutageForm(body)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try form.check(at: context.now)
        let id = context.newId()
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            try await transaction.queue(
                CreateStaffOutage.insert, .uuid(id), .text(StaffOutage.source),
                .text(id.description), .text(form.kind.rawValue), .text(form.place),
                .text(form.reason), .timestamp(form.start), .timestamp(form.expectedEnd),
                .timestamp(form.overAt),
                .text(ExpectedEnd.list(form.expectedEnd, version: 1, at: context.now)),
                .timestamp(context.now))
            try await form.queueScopes(of: id, in: transaction)
            try await context.auditStaff(.outageCreated, subject: "\(id)", in: transaction)
            let made = try await transaction.queryOne(StaffOutage.find, .uuid(id))
            guard let made else { throw Problem(.internalError, reason: "no outage") }
            var answer = made.answer(201, context: context)
            answer.location = "/v1/staff/outages/\(id)"
            return answer
        }
    }

    static let insert = Command(
        "create_staff_outage",
        """
        -- A draft.
        insert into outages (outage_id, source, external_id, kind, version, place, reason,
            starts_at, expected_end_at, over_at, expected_ends, updated_at)
        values ($1, $2, $3, $4, 1, $5, $6, $7, $8, coalesce($9, 'infinity'::timestamptz), $10, $11)
        """)
}

/// What end was expected in a version, as the contract tells it.
enum ExpectedEnd {
    /// A list of one.
    static func list(_ end: Instant?, version: Int, at now: Instant) -> String {
        var json = JSONWriter(reservingCapacity: 128)
        json.array { json in
            json.element { json in
                json.field("version", version)
                json.field("expectedEnd", end)
                json.field("toldAt", now)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
