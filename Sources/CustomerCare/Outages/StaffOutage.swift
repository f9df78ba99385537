import Electricity
import JSON
import Postgres
import Signing

/// An outage as staff see it: a draft too, with what it touches.
struct StaffOutage: Row {
    /// Outages that reach more codes than this take two persons: all of them are told.
    static let largestForOne: Int32 = 20
    /// The source of what staff type.
    static let source = "staff"

    static let columns = [
        "outage_id", "source", "external_id", "kind", "version", "place", "reason", "starts_at",
        "expected_end_at", "restored_at", "cancelled_at", "published_at", "updated_at",
        "customer_count", "proposed_by", "proposed_digest", "scopes",
    ]

    let outageId: UUID
    let source: String
    let externalId: String
    let kind: OutageKind
    let version: Int32
    let place: String
    let reason: String?
    let startsAt: Instant
    let expectedEndAt: Instant?
    let restoredAt: Instant?
    let cancelledAt: Instant?
    let publishedAt: Instant?
    let updatedAt: Instant
    let customerCount: Int32
    let proposedBy: UUID?
    let proposedDigest: [UInt8]?
    /// What it touches, each as `kind/value`.
    let scopes: [String]

    init(_ row: inout RowDecoder) throws(RowError) {
        outageId = try row.uuid()
        source = try row.string()
        externalId = try row.string()
        kind = try row.word(OutageKind.self)
        version = try row.int32()
        place = try row.string()
        reason = try row.optionalString()
        startsAt = try row.instant()
        expectedEndAt = try row.optionalInstant()
        restoredAt = try row.optionalInstant()
        cancelledAt = try row.optionalInstant()
        publishedAt = try row.optionalInstant()
        updatedAt = try row.instant()
        customerCount = try row.int32()
        proposedBy = try row.optionalUUID()
        proposedDigest = try row.optionalBytes()
        scopes = try row.strings()
    }

    /// Whether it has ended in one way or another.
    var isOver: Bool { restoredAt != nil || cancelledAt != nil }

    /// Writes all members.
    func write(to json: inout JSONWriter, context: Context) {
        json.field("outageId", outageId.description)
        json.field("source", source)
        json.field("externalId", externalId)
        json.field("kind", kind.rawValue)
        json.field("version", Int(version))
        json.field("place", place)
        json.field("reason", reason)
        json.field("start", startsAt)
        json.field("expectedEnd", expectedEndAt)
        json.field("restoredAt", restoredAt)
        json.field("cancelledAt", cancelledAt)
        json.field("publishedAt", publishedAt)
        json.list("scopes") { json in
            for scope in scopes {
                let parts = scope.split(separator: "/", maxSplits: 1)
                json.element { json in
                    json.field("kind", parts.first.map(String.init))
                    json.field("value", parts.last.map(String.init))
                }
            }
        }
        json.field("customerCount", Int(customerCount))
        json.field("needsTwoPersons", customerCount > StaffOutage.largestForOne)
        json.field("isProposed", proposedBy != nil)
        json.list("warnings") { json in
            // What was published in time stays so; a draft would be published now.
            let told = publishedAt ?? context.now
            if kind == .planned, !isOver,
                context.guides.outageNotice.isShort(start: startsAt, toldAt: told)
            {
                json.element("short_notice")
            }
            if customerCount == 0 { json.element("nobody_touched") }
        }
        json.field("updatedAt", updatedAt)
    }

    /// The outage as an answer, with its version as the tag.
    func answer(_ status: Int = 200, context: Context) -> Answer {
        var answer = Answer.object(status: status, reserving: 1_024) {
            write(to: &$0, context: context)
        }
        answer.version = Int(version)
        return answer
    }

    // MARK: Two persons

    /// Whether something may be done with it now.
    ///
    /// What reaches many is proposed by the first person, and done when another asks for the very
    /// same. `digest` says what it is, `reach` how many codes it would touch where that changes.
    func isAgreed(_ digest: [UInt8], by client: UUID, reach: Int32 = 0) -> Bool {
        if max(customerCount, reach) <= StaffOutage.largestForOne { return true }
        return proposedBy != nil && proposedBy != client && proposedDigest == digest
    }

    /// What is asked for: an action, on the version it was asked for, with its content.
    func digest(of action: String, _ content: [UInt8] = []) -> [UInt8] {
        SHA256.digest(Array("\(action)/\(version)/".utf8) + content)
    }

    // MARK: Statements

    static let find = Statement<StaffOutage>(
        "staff_outage_find",
        """
        -- Outage $1 with what it touches, and how many codes on the day it begins (those of Vietnam
        -- are seven hours ahead).
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
        where o.outage_id = $1
        """)

    static let lock = Statement<StaffOutage>(
        "staff_outage_lock",
        """
        -- Outage $1, locked.
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
        where o.outage_id = $1 for update of o
        """)

    /// How many codes some scopes touch.
    struct Reach: Row {
        static let columns = ["customer_count"]
        let count: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            count = try row.int32()
        }
    }

    static let reach = Statement<Reach>(
        "staff_outage_reach",
        """
        -- How many codes the scopes of kinds $1 and values $2 touch on the day of $3.
        select count(*)::integer as customer_count
        from (
            select s.value from unnest($1::text[], $2::text[]) as s (kind, value)
            where s.kind = 'customerCode'
            union
            select n.customer_code
            from unnest($1::text[], $2::text[]) as s (kind, value)
            join network_links n on n.scope_kind = s.kind and n.scope_value = s.value
                and ($3::timestamptz at time zone interval '7 hours')::date
                    between n.valid_from and coalesce(n.valid_to, 'infinity')
        ) touched
        """)

    static let propose = Command(
        "staff_outage_propose",
        """
        -- What the first of two persons wants to be done with an outage that is locked, in the
        -- place of anything that somebody wanted before.
        insert into outage_proposals (outage_id, proposed_by, digest, proposed_at)
        values ($1, $2, $3, $4)
        on conflict (outage_id) do update
        set proposed_by = excluded.proposed_by, digest = excluded.digest,
            proposed_at = excluded.proposed_at
        """)

    static let settle = Command(
        "staff_outage_settle",
        """
        -- Nothing is proposed for outage $1 any more.
        delete from outage_proposals where outage_id = $1
        """)

    static let insertScopes = Command(
        "staff_outage_insert_scopes",
        """
        -- What outage $1 touches, with its times.
        insert into outage_scopes (scope_kind, scope_value, outage_id, starts_at, over_at)
        select kind, value, $1, $4, coalesce($5, 'infinity'::timestamptz)
        from unnest($2::text[], $3::text[]) as scope (kind, value)
        """)

    static let clearScopes = Command(
        "staff_outage_clear_scopes",
        """
        -- What it touched before.
        delete from outage_scopes where outage_id = $1
        """)

    static let endScopes = Command(
        "staff_outage_end_scopes",
        """
        -- The scopes of outage $1, over at $2 from now on.
        update outage_scopes set over_at = $2 where outage_id = $1
        """)
}

extension OutageForm {
    /// Writes what it touches.
    func queueScopes(
        of outage: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        try await transaction.queue(
            StaffOutage.insertScopes, .uuid(outage), .texts(scopes.map(\.kind.rawValue)),
            .texts(scopes.map(\.value)), .timestamp(start), .timestamp(overAt))
    }
}
