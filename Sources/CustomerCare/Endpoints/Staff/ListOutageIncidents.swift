import JSON
import Postgres

/// Lists the open incidents for staff, the oldest first: what several people of one transformer
/// have reported.
struct ListOutageIncidents: Endpoint {
    static let route = Route.get("/v1/staff/outage-incidents").requiring(.staff)

    let unit: String?
    let isSuspected: Bool
    let limit: Int
    /// Incidents after this one; ids are in the order of time.
    let after: UUID?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        unit = try arguments.queryUnit()
        isSuspected = try arguments.queryFlag("suspected")
        limit = try arguments.queryInteger("limit", in: 1...100) ?? 50
        let cursor = try arguments.queryText("cursor")
        after = cursor.flatMap { UUID($0) }
        if cursor != nil, after == nil { throw Problem(parameter: "cursor", .wrongFormat) }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.query(
            ListOutageIncidents.statement, .text(unit), .bool(isSuspected), .uuid(after),
            .int64(Int64(limit + 1)))
        let next = found.count > limit ? found[limit - 1].incidentId : nil
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for incident in found.prefix(limit) { json.element(incident.write) }
            }
            json.field("next", next?.description)
        }
        if let next {
            var path = "/v1/staff/outage-incidents?limit=\(limit)&cursor=\(next)"
            if let unit { path += "&unit=\(unit)" }
            if isSuspected { path += "&suspected=true" }
            answer.nextPage = path
        }
        return answer
    }

    static let statement = Statement<OutageIncident>(
        "list_outage_incidents",
        """
        -- The open incidents after $3 of unit $1, where it is given, suspected ones alone by $2.
        select transformer, incident_id, unit_code, state, report_count, customer_count, began_at,
            last_report_at, suspected_at, proposed_by, proposed_note, completed_at
        from outage_incidents
        where state = 'open' and ($1::text is null or unit_code = $1)
            and (not $2::boolean or suspected_at is not null)
            and ($3::uuid is null or incident_id > $3)
        order by incident_id limit $4
        """)
}
