import Electricity
import JSON
import Postgres

/// Lists the outages that touch a followed customer (Lịch cúp điện).
struct ListOutages: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/outages")

    let account: UUID
    let customerCode: CustomerCode
    let window: OutageWindow

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        window = try OutageWindow(arguments)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let bounds = try window.bounds(now: context.now)
        let found = try await ListOutages.find(
            customerCode, bounds, account: account, context: context)
        return .object(reserving: 2_048) { found.write(to: &$0, now: context.now) }
    }

    /// What is known of the outages of a code.
    struct Found {
        let customerCode: CustomerCode
        let bounds: OutageWindow.Bounds
        let outages: [Outage]
        /// The last day whose planned outages are told, or nil when none are.
        let knownUntil: LocalDate?
        let asOf: Instant

        func write(to json: inout JSONWriter, now: Instant) {
            json.field("customerCode", customerCode.text)
            json.field("from", bounds.first)
            json.field("to", bounds.last)
            json.list("items") { json in
                for outage in outages { json.element { outage.write(to: &$0, now: now) } }
            }
            json.field("knownUntil", knownUntil)
            json.field("asOf", asOf)
        }
    }

    /// Looks the outages up; 404 for a code that the account does not follow.
    static func find(
        _ code: CustomerCode, _ bounds: OutageWindow.Bounds, account: UUID, context: Context
    ) async throws(Problem) -> Found {
        context.customerCode = code
        let rows = try await context.database.query(
            statement, .uuid(account), .text(code.text), .timestamp(bounds.start),
            .timestamp(bounds.end))
        guard let first = rows.first else { throw Problem(.notFound) }
        return Found(
            customerCode: code, bounds: bounds, outages: rows.compactMap(\.outage),
            knownUntil: first.knownUntil, asOf: first.asOf)
    }

    /// An outage, or the sign that a followed code has none.
    struct Line: Row {
        static let columns = ["as_of", "known_until"] + Outage.columns

        let asOf: Instant
        let knownUntil: LocalDate?
        let outage: Outage?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            knownUntil = try row.optionalLocalDate()
            outage = try Outage.optional(&row)
        }
    }

    static let statement = Statement<Line>(
        "list_outages",
        """
        -- One row per published outage that touches code $2 and lies between $3 and $4 in part,
        -- the earliest first, 200 at most; one row of nulls when there is none; no row when
        -- account $1 does not follow the code. A draft is a row of nulls too.
        select coalesce(h.as_of, c.as_of) as as_of, h.known_until, e.outage_id, e.kind, e.version,
            e.place, e.reason, e.starts_at, e.expected_end_at, e.restored_at, e.cancelled_at,
            e.expected_ends, e.updated_at,
            (array['customerCode', 'transformer', 'feeder', 'routeBook', 'area'])[m.rank]
                as matched_by
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join outage_horizons h on h.unit_code = c.unit_code
        left join lateral (
            select s.outage_id, min(l.rank) as rank
            from (
                select 1 as rank, 'customerCode' as scope_kind,
                    f.customer_code as scope_value, '-infinity'::date as valid_from,
                    null::date as valid_to
                union all
                select array_position(
                        array['customerCode', 'transformer', 'feeder', 'routeBook', 'area'],
                        n.scope_kind),
                    n.scope_kind, n.scope_value, n.valid_from, n.valid_to
                from network_links n
                where n.customer_code = f.customer_code
            ) l
            -- Limited, so that it stays a walk down the index for each scope; a fault that is not
            -- mended is over last, and so never cut. Days are those of Vietnam, seven hours ahead.
            cross join lateral (
                select t.outage_id
                from outage_scopes t
                where t.scope_kind = l.scope_kind and t.scope_value = l.scope_value
                    and t.over_at > $3 and t.starts_at < $4
                    and (t.starts_at at time zone interval '7 hours')::date
                        between l.valid_from and coalesce(l.valid_to, 'infinity')
                order by t.over_at desc
                limit 200
            ) s
            group by s.outage_id
            limit 200
        ) m on true
        left join outages e on e.outage_id = m.outage_id and e.published_at is not null
        where f.customer_code = $2 and f.account_id = $1
        order by e.starts_at, e.outage_id
        """)
}
