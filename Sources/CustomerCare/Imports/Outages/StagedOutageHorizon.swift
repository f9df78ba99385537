import Electricity
import JSON
import Postgres
import Signing

/// Until when a unit has told its planned outages: a line of an import.
struct StagedOutageHorizon: ImportLine {
    let unitCode: String
    let knownUntil: LocalDate

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let unit = object.name("unitCode", atMost: 10)
        let day = object.date("knownUntil")
        guard faults.isEmpty, let unit, let day else { return nil }
        unitCode = unit
        knownUntil = day
    }

    static let fieldCount: Int16 = 4

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(unitCode)
        rows.date(knownUntil)
    }

    // MARK: Steps

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        try await link.query(faults, .uuid(found.importId), .timestamp(found.asOf))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        try await link.query(compare, .uuid(found.importId)).first
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        try await link.run(insert, .uuid(found.importId), .timestamp(found.asOf))
    }

    static let copy = Command(
        "staged_outage_horizons_copy",
        """
        -- The horizons of an import, as they arrive.
        copy staged_outage_horizons (import_id, line, unit_code, known_until)
        from stdin (format binary)
        """)

    static let staged = ["staged_outage_horizons"]

    static let clear = Command(
        "staged_outage_horizons_clear",
        """
        -- What was staged for an import before.
        delete from staged_outage_horizons where import_id = $1
        """)

    static let faults = Statement<FoundFault>(
        "outage_horizon_import_faults",
        """
        -- Which lines of import $1, whose data are of $2, do not fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/unitCode' as field, 'duplicate' as code
            from (
                select line, count(*) over (partition by unit_code) as times
                from staged_outage_horizons where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/unitCode', 'unknown_unit'
            from staged_outage_horizons s
            left join managing_units u on u.unit_code = s.unit_code
            where s.import_id = $1 and u.unit_code is null
            union all
            select s.line, '#/knownUntil', 'outdated'
            from staged_outage_horizons s
            join outage_horizons h on h.unit_code = s.unit_code and h.as_of > $2
            where s.import_id = $1 and h.known_until <> s.known_until
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "outage_horizon_import_compare",
        """
        -- What import $1 would change.
        -- scan: all of an import is looked at.
        select count(*) filter (where h.unit_code is null) as new_count,
            count(*) filter (where h.known_until <> s.known_until) as corrected_count,
            0::bigint as cancelled_count,
            count(*) filter (where h.known_until = s.known_until) as unchanged_count,
            0::bigint as total, 0::bigint as message_count
        from staged_outage_horizons s
        left join outage_horizons h on h.unit_code = s.unit_code
        where s.import_id = $1
        """)

    static let insert = Command(
        "outage_horizon_import_insert",
        """
        -- The horizons of import $1, as of $2: what is told again is as new as the telling.
        -- scan: all of an import is looked at.
        insert into outage_horizons as h (unit_code, known_until, as_of)
        select unit_code, known_until, $2 from staged_outage_horizons where import_id = $1
        on conflict (unit_code) do update
        set known_until = excluded.known_until, as_of = excluded.as_of
        where h.as_of < excluded.as_of
        """)
}
