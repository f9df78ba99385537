import Electricity
import JSON
import Postgres

/// Lists outages that matter still, drafts among them, the earliest first.
struct ListStaffOutages: Endpoint {
    static let route = Route.get("/v1/staff/outages").requiring(.staff)

    private static let pageSize = 50

    let limit: Int
    /// Outages after this one.
    let start: (cursor: ListCursor, id: UUID)?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListStaffOutages.pageSize
        start = try arguments.queryIdCursor()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.query(
            ListStaffOutages.statement, .timestamp(context.now),
            .timestamp(start?.cursor.instant), .uuid(start?.id), .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map { ListCursor(instant: $0.startsAt, key: "\($0.outageId)").text }
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for outage in found.prefix(limit) {
                    json.element { outage.write(to: &$0, context: context) }
                }
            }
            json.field("next", next)
        }
        if let next { answer.nextPage = "/v1/staff/outages?limit=\(limit)&cursor=\(next)" }
        return answer
    }

    static let statement = Statement<StaffOutage>(
        "list_staff_outages",
        """
        -- Outages that are not over by $1, after ($2, $3), the earliest first.
        select o.outage_id, o.source, o.external_id, o.kind, o.version, o.place, o.reason,
            o.starts_at, o.expected_end_at, o.restored_at, o.cancelled_at, o.published_at,
            o.updated_at, (
                select count(*) from (
                    select s.scope_value
                    from outage_scopes s
                    where s.outage_id = o.outage_id and s.scope_kind = 'customerCode'
                    union
                    select n.customer_code
                    from outage_scopes s
                    join network_links n on n.scope_kind = s.scope_kind
                        and n.scope_value = s.scope_value
                        and (s.starts_at at time zone interval '7 hours')::date
                            between n.valid_from and coalesce(n.valid_to, 'infinity')
                    where s.outage_id = o.outage_id
                ) touched)::integer as customer_count,
            p.proposed_by, p.digest as proposed_digest, coalesce((
                select array_agg(s.scope_kind || '/' || s.scope_value
                    order by s.scope_kind, s.scope_value)
                from outage_scopes s where s.outage_id = o.outage_id), '{}') as scopes
        from outages o
        left join outage_proposals p on p.outage_id = o.outage_id
        where o.over_at > $1
            and ($2::timestamptz is null or (o.starts_at, o.outage_id) > ($2, $3))
        order by o.starts_at, o.outage_id limit $4
        """)
}
