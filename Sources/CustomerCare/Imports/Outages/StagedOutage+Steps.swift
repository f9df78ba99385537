import Electricity
import Postgres

extension StagedOutage {
    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        try await link.query(
            faults, .uuid(found.importId), .text(found.source), .timestamp(found.asOf))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        try await link.query(compare, .uuid(found.importId), .text(found.source)).first
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        let source = Parameter.text(found.source)
        let asOf = Parameter.timestamp(found.asOf)
        try await link.run(change, id, source, .timestamp(now), asOf)
        try await link.run(insert, id, source, .timestamp(now), asOf)
        // What has changed or is new bears this instant: its scopes are written anew.
        try await link.run(clearScopes, id, source, .timestamp(now))
        try await link.run(insertScopes, id, source, .timestamp(now))
        if !found.sendsMessages { try await link.run(keepQuiet, id, source, .timestamp(now)) }
    }

    static let faults = Statement<FoundFault>(
        "outage_import_faults",
        """
        -- Which lines of import $1 by source $2, whose data are of $3, do not fit what is known: a
        -- thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/externalId' as field, 'duplicate' as code
            from (
                select line, count(*) over (partition by external_id) as times
                from staged_outages where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/externalId', 'outdated'
            from staged_outages s
            join outages o on o.source = $2 and o.external_id = s.external_id
                and o.as_of > $3
            where s.import_id = $1
                and (o.kind, o.place, o.reason, o.starts_at, o.expected_end_at, o.restored_at,
                    o.cancelled_at is not null)
                is distinct from (s.kind, s.place, s.reason, s.starts_at, s.expected_end_at,
                    coalesce(s.restored_at, o.restored_at),
                    coalesce(s.is_cancelled, o.cancelled_at is not null))
            union all
            select s.line, '#/restoredAt', 'out_of_range'
            from staged_outages s
            where s.import_id = $1 and s.restored_at > $3::timestamptz + interval '5 minutes'
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "outage_import_compare",
        """
        -- What import $1 by source $2 would change, and how many followers of codes that it touches
        -- would be told.
        -- scan: all of an import is looked at.
        select count(*) filter (where c.outage_id is null) as new_count,
            count(*) filter (where c.outage_id is not null and c.is_different
                and not c.is_cancelled) as corrected_count,
            count(*) filter (where c.outage_id is not null and c.is_different
                and c.is_cancelled) as cancelled_count,
            count(*) filter (where c.outage_id is not null and not c.is_different)
                as unchanged_count,
            0::bigint as total,
            coalesce(sum((
                select count(*)
                from json_array_elements_text(c.scopes) as scope (text)
                join network_links n on n.scope_kind = split_part(scope.text, '/', 1)
                    and n.scope_value = substr(scope.text, strpos(scope.text, '/') + 1)
                    and (c.starts_at at time zone interval '7 hours')::date
                        between n.valid_from and coalesce(n.valid_to, 'infinity')
                join followers f on f.customer_code = n.customer_code
            ) + (
                select count(*)
                from json_array_elements_text(c.scopes) as scope (text)
                join followers f
                    on f.customer_code = substr(scope.text, strpos(scope.text, '/') + 1)
                where split_part(scope.text, '/', 1) = 'customerCode'
            )) filter (where c.outage_id is null or c.is_different), 0)::bigint
                as message_count
        from (
            select o.outage_id, s.starts_at, s.scopes,
                coalesce(s.is_cancelled, false) as is_cancelled,
                (o.kind, o.place, o.reason, o.starts_at, o.expected_end_at, o.restored_at,
                    o.cancelled_at is not null, (
                        select coalesce(jsonb_agg(w.scope_kind || '/' || w.scope_value
                            order by w.scope_kind collate "C", w.scope_value collate "C"), '[]')
                        from outage_scopes w where w.outage_id = o.outage_id))
                is distinct from (s.kind, s.place, s.reason, s.starts_at, s.expected_end_at,
                    coalesce(s.restored_at, o.restored_at),
                    coalesce(s.is_cancelled, o.cancelled_at is not null), s.scopes::jsonb)
                as is_different
            from staged_outages s
            left join outages o on o.source = $2 and o.external_id = s.external_id
            where s.import_id = $1
        ) c
        """)

    // An outage is over when power is back; when it does not take place, at its end or now; a fault
    // that nobody has mended never is.

    static let change = Command(
        "outage_import_change",
        """
        -- The next version of each outage of source $2 that differs in import $1, at $3 by data of
        -- $4.
        -- scan: all of an import is looked at.
        update outages o
        set kind = s.kind, version = o.version + 1, place = s.place, reason = s.reason,
            starts_at = s.starts_at, expected_end_at = s.expected_end_at,
            restored_at = coalesce(s.restored_at, o.restored_at),
            cancelled_at = case
                when coalesce(s.is_cancelled, o.cancelled_at is not null)
                    then coalesce(o.cancelled_at, $3) end,
            over_at = case
                when coalesce(s.is_cancelled, o.cancelled_at is not null)
                    then greatest(coalesce(s.expected_end_at, $3::timestamptz), $3::timestamptz)
                when coalesce(s.restored_at, o.restored_at) is not null
                    then coalesce(s.restored_at, o.restored_at)
                when s.kind = 'unplanned' then 'infinity'
                else s.expected_end_at end,
            expected_ends = (o.expected_ends::jsonb || jsonb_build_array(jsonb_build_object(
                'version', o.version + 1,
                'expectedEnd', to_char(s.expected_end_at at time zone interval '7 hours',
                    'YYYY-MM-DD"T"HH24:MI:SS"+07:00"'),
                'toldAt', to_char($3::timestamptz at time zone interval '7 hours',
                    'YYYY-MM-DD"T"HH24:MI:SS"+07:00"'))))::json,
            published_at = coalesce(o.published_at, $3), updated_at = $3, as_of = $4
        from staged_outages s
        where s.import_id = $1 and o.source = $2 and o.external_id = s.external_id
            and (o.kind, o.place, o.reason, o.starts_at, o.expected_end_at, o.restored_at,
                o.cancelled_at is not null, (
                    select coalesce(jsonb_agg(w.scope_kind || '/' || w.scope_value
                        order by w.scope_kind collate "C", w.scope_value collate "C"), '[]')
                    from outage_scopes w where w.outage_id = o.outage_id))
            is distinct from (s.kind, s.place, s.reason, s.starts_at, s.expected_end_at,
                coalesce(s.restored_at, o.restored_at),
                coalesce(s.is_cancelled, o.cancelled_at is not null), s.scopes::jsonb)
        """)

    static let insert = Command(
        "outage_import_insert",
        """
        -- The outages of import $1 by source $2 that are not known, at $3 by data of $4.
        -- scan: all of an import is looked at.
        insert into outages (outage_id, source, external_id, kind, version, place, reason,
            starts_at, expected_end_at, restored_at, cancelled_at, over_at, expected_ends,
            published_at, updated_at, as_of)
        select message_id_of('outage/' || $2::text || '/' || s.external_id), $2, s.external_id,
            s.kind, 1, s.place, s.reason, s.starts_at, s.expected_end_at, s.restored_at,
            case when s.is_cancelled then $3::timestamptz end,
            case
                when s.is_cancelled
                    then greatest(coalesce(s.expected_end_at, $3::timestamptz), $3::timestamptz)
                when s.restored_at is not null then s.restored_at
                when s.kind = 'unplanned' then 'infinity'
                else s.expected_end_at end,
            json_build_array(json_build_object(
                'version', 1,
                'expectedEnd', to_char(s.expected_end_at at time zone interval '7 hours',
                    'YYYY-MM-DD"T"HH24:MI:SS"+07:00"'),
                'toldAt', to_char($3::timestamptz at time zone interval '7 hours',
                    'YYYY-MM-DD"T"HH24:MI:SS"+07:00"'))), $3, $3, $4
        from staged_outages s
        where s.import_id = $1
        on conflict (source, external_id) do nothing
        """)

    static let clearScopes = Command(
        "outage_import_clear_scopes",
        """
        -- What the outages that import $1 by source $2 has written at $3 touched before.
        -- scan: all of an import is looked at.
        delete from outage_scopes w
        using staged_outages s
        join outages o on o.source = $2 and o.external_id = s.external_id and o.updated_at = $3
        where s.import_id = $1 and w.outage_id = o.outage_id
        """)

    static let insertScopes = Command(
        "outage_import_insert_scopes",
        """
        -- What the outages that import $1 by source $2 has written at $3 touch, with their times.
        -- scan: all of an import is looked at.
        insert into outage_scopes (scope_kind, scope_value, outage_id, starts_at, over_at)
        select split_part(scope.text, '/', 1), substr(scope.text, strpos(scope.text, '/') + 1),
            o.outage_id, o.starts_at, o.over_at
        from staged_outages s
        join outages o on o.source = $2 and o.external_id = s.external_id and o.updated_at = $3
        cross join lateral json_array_elements_text(s.scopes) as scope (text)
        where s.import_id = $1
        """)

    static let keepQuiet = Command(
        "outage_import_keep_quiet",
        """
        -- Takes what import $1 by source $2 has written at $3 for told: nobody is to be.
        -- scan: all of an import is looked at.
        insert into announced_outages (outage_id, version, is_cancelled, is_restored, announced_at)
        select o.outage_id, o.version, o.cancelled_at is not null, o.restored_at is not null, $3
        from staged_outages s
        join outages o on o.source = $2 and o.external_id = s.external_id and o.updated_at = $3
        where s.import_id = $1
        on conflict (outage_id) do update
        set version = excluded.version, is_cancelled = excluded.is_cancelled,
            is_restored = excluded.is_restored, announced_at = excluded.announced_at
        """)
}
