import Electricity
import Postgres

/// The report that a code is without power (báo mất điện): the same within two hours, part of a
/// known outage, or one of several from a transformer, which are one incident.
struct OutageReport {
    /// Seconds within which a second report of an account for a code is the same.
    static let sameSeconds: Int64 = 7_200
    /// Codes of one transformer that must report before staff are told of a suspected outage.
    static let suspicionThreshold: Int64 = 3

    let account: UUID
    let customerCode: CustomerCode

    /// What a report hangs on.
    struct Cause {
        var outage: Place.Outage?
        var transformer: String?
        var incidentId: UUID?
    }

    /// Claims the two hours for a new report; the code of the earlier one when there is one that
    /// is not over.
    func earlier(
        than code: TrackingCode, in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> TrackingCode? {
        let since = context.now.advanced(bySeconds: -OutageReport.sameSeconds)
        let claimed = try await transaction.queryOne(
            OutageReport.claim, .uuid(account), .text(customerCode.text), .text(code.text),
            .timestamp(context.now), .timestamp(since))
        if claimed != nil { return nil }
        let earlier = try await transaction.queryOne(
            OutageReport.earlier, .uuid(account), .text(customerCode.text))
        if let earlier, earlier.isOpen { return TrackingCode(typed: earlier.trackingCode) }
        // What is over has been answered: the power is out again.
        _ = try await transaction.queryOne(
            OutageReport.claim, .uuid(account), .text(customerCode.text), .text(code.text),
            .timestamp(context.now), .timestamp(context.now))
        return nil
    }

    /// Where the code hangs; 404 when the account does not follow it.
    ///
    /// It follows it until the transaction is over.
    func place(
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> Place {
        let found = try await transaction.queryOne(
            OutageReport.place, .uuid(account), .text(customerCode.text), .timestamp(context.now))
        guard let found else { throw Problem(.notFound) }
        return found
    }

    /// Names the known outage, or joins or begins the incident of the transformer.
    func cause(
        at place: Place, of code: TrackingCode, in transaction: Transaction<Problem>,
        context: Context
    ) async throws(Problem) -> Cause {
        var cause = Cause(outage: place.outage, transformer: place.transformer)
        guard cause.outage == nil, let transformer = place.transformer else { return cause }
        await transaction.inTurn(transformer)
        let incident = try await transaction.queryOne(
            OutageReport.join, .text(transformer), .uuid(context.newId()), .text(place.unitCode),
            .timestamp(context.now))
        guard let incident else { throw Problem(.internalError, reason: "no incident joined") }
        cause.incidentId = incident.incidentId
        try await transaction.queue(
            OutageReport.joinCode, .text(transformer), .uuid(incident.incidentId),
            .text(customerCode.text), .text(code.text))
        try await transaction.queue(
            OutageReport.count, .text(transformer), .uuid(incident.incidentId),
            .int64(OutageReport.suspicionThreshold), .timestamp(context.now),
            .text(customerCode.text), .text(code.text))
        return cause
    }

    /// The report of a code that was made before.
    struct Earlier: Row {
        static let columns = ["tracking_code", "is_open"]
        let trackingCode: String
        let isOpen: Bool

        init(_ row: inout RowDecoder) throws(RowError) {
            trackingCode = try row.string()
            isOpen = try row.bool()
        }
    }

    /// A report that has taken the place of any earlier one.
    struct Claimed: Row {
        static let columns = ["tracking_code"]

        init(_ row: inout RowDecoder) throws(RowError) {
            try row.skip()
        }
    }

    /// Where a code hangs, and what is known to be out there.
    struct Place: Row {
        static let columns = [
            "unit_code", "contract_status", "suspended_on", "assurance", "transformer", "outage_id",
            "outage_kind", "outage_place", "outage_starts_at", "outage_expected_end_at",
        ]

        /// A published outage that touches the code now.
        struct Outage {
            let outageId: UUID
            let known: ServiceRequest.KnownOutage
        }

        let unitCode: String
        let contractStatus: ContractStatus
        let suspendedOn: LocalDate?
        let assurance: Assurance
        let transformer: String?
        let outage: Outage?

        init(_ row: inout RowDecoder) throws(RowError) {
            unitCode = try row.string()
            contractStatus = try row.word(ContractStatus.self)
            suspendedOn = try row.optionalLocalDate()
            assurance = try row.word(Assurance.self)
            transformer = try row.optionalString()
            if let outageId = try row.optionalUUID() {
                outage = Outage(
                    outageId: outageId,
                    known: ServiceRequest.KnownOutage(
                        kind: try row.string(), place: try row.string(),
                        startsAt: try row.instant(), expectedEndAt: try row.optionalInstant()))
            } else {
                for _ in 0..<4 { try row.skip() }
                outage = nil
            }
        }
    }

    /// An incident that was joined.
    struct Joined: Row {
        static let columns = ["incident_id"]
        let incidentId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            incidentId = try row.uuid()
        }
    }

    static let claim = Statement<Claimed>(
        "outage_report_claim",
        """
        -- Makes $3 the newest report of account $1 for code $2; no row when one after $5 is there.
        insert into outage_reports (customer_code, account_id, tracking_code, reported_at)
        values ($2, $1, $3, $4)
        on conflict (customer_code, account_id) do update
        set tracking_code = excluded.tracking_code, reported_at = excluded.reported_at
        where outage_reports.reported_at <= $5
        returning tracking_code
        """)

    static let earlier = Statement<Earlier>(
        "outage_report_earlier",
        """
        -- The newest report of account $1 for code $2, and whether it is still worked on.
        select o.tracking_code,
            r.state in ('received', 'processing', 'awaiting_customer') as is_open
        from outage_reports o
        join service_requests r
            on r.account_id = o.account_id and r.tracking_code = o.tracking_code
        where o.customer_code = $2 and o.account_id = $1
        """)

    static let place = Statement<Place>(
        "outage_report_place",
        """
        -- One row when account $1 follows code $2, which is kept so: the transformer at $3, and a
        -- published outage that runs then and touches the code, the nearest scope first. Days are
        -- those of Vietnam, seven hours ahead.
        select c.unit_code, c.contract_status, c.supply_suspended_on as suspended_on,
            f.assurance, (
                select n.scope_value from network_links n
                where n.customer_code = c.customer_code and n.scope_kind = 'transformer'
                    and ($3::timestamptz at time zone interval '7 hours')::date
                        between n.valid_from and coalesce(n.valid_to, 'infinity')
                order by n.valid_from desc limit 1
            ) as transformer, k.outage_id, k.kind as outage_kind, k.place as outage_place,
            k.starts_at as outage_starts_at, k.expected_end_at as outage_expected_end_at
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select e.outage_id, e.kind, e.place, e.starts_at, e.expected_end_at
            from (
                select 1 as rank, 'customerCode' as scope_kind, c.customer_code as scope_value,
                    '-infinity'::date as valid_from, null::date as valid_to
                union all
                select array_position(array['customerCode', 'transformer', 'feeder', 'routeBook',
                        'area'], n.scope_kind),
                    n.scope_kind, n.scope_value, n.valid_from, n.valid_to
                from network_links n
                where n.customer_code = c.customer_code
            ) l
            -- Limited, so that it stays a walk down the index for each scope.
            cross join lateral (
                select t.outage_id
                from outage_scopes t
                where t.scope_kind = l.scope_kind and t.scope_value = l.scope_value
                    and t.over_at > $3 and t.starts_at <= $3
                    and (t.starts_at at time zone interval '7 hours')::date
                        between l.valid_from and coalesce(l.valid_to, 'infinity')
                order by t.over_at
                limit 200
            ) s
            join outages e on e.outage_id = s.outage_id and e.published_at is not null
                and e.cancelled_at is null and e.restored_at is null
            order by l.rank, e.starts_at, e.outage_id
            limit 1
        ) k on true
        where f.customer_code = $2 and f.account_id = $1
        for share of f
        """)

    static let join = Statement<Joined>(
        "outage_report_join",
        """
        -- The open incident of a transformer with one report more, or a new one.
        insert into outage_incidents (transformer, incident_id, unit_code, state, report_count,
            customer_count, began_at, last_report_at)
        values ($1, $2, $3, 'open', 1, 0, $4, $4)
        on conflict (transformer) where state = 'open' do update
        set report_count = outage_incidents.report_count + 1,
            last_report_at = excluded.last_report_at
        returning incident_id
        """)

    static let joinCode = Command(
        "outage_report_join_code",
        """
        -- Code $3 in the incident, by report $4 unless it is there by an earlier one.
        insert into outage_incident_codes (transformer, incident_id, customer_code, tracking_code)
        values ($1, $2, $3, $4) on conflict do nothing
        """)

    static let count = Command(
        "outage_report_count",
        """
        -- One code more in an incident, which is suspected from the one of number $3 on; none when
        -- code $5 is there by another report than $6.
        update outage_incidents
        set customer_count = customer_count + 1,
            suspected_at = case when suspected_at is null and customer_count + 1 >= $3 then $4
                else suspected_at end
        where transformer = $1 and incident_id = $2 and exists (
            select from outage_incident_codes c
            where c.transformer = $1 and c.incident_id = $2 and c.customer_code = $5
                and c.tracking_code = $6)
        """)
}
