import Electricity
import JSON
import Postgres
import Signing

/// On which day a route book or one customer is read: a line of an import.
struct StagedReadingSchedule: ImportLine {
    /// What a reading day may be told of.
    private static let scopes: [OutageScope] = [.customerCode, .routeBook]

    static let numbers: Set<String> = ["periodNumber"]

    let scope: OutageScope
    let value: String
    let month: BillingMonth
    let periodNumber: Int64
    let readingOn: LocalDate
    /// The day that was told before; found out where the source does not say it.
    let movedFrom: LocalDate?

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let scope = object.word("kind", OutageScope.self)
        if let scope, !StagedReadingSchedule.scopes.contains(scope) {
            object.fault("kind", .notAllowed)
        }
        let name = object.name("value", atMost: 60)
        if scope == .customerCode, let name, CustomerCode(exact: name) == nil {
            object.fault("value", .wrongFormat)
        }
        let month = object.month("month")
        periodNumber = object.optionalInteger("periodNumber", in: 1...3) ?? 1
        let readingOn = object.date("readingOn")
        movedFrom = object.optionalDate("movedFrom")
        if let readingOn, movedFrom == readingOn { object.fault("movedFrom", .notAllowed) }
        guard faults.isEmpty, let scope, let name, let month, let readingOn else { return nil }
        self.scope = scope
        self.value = name
        self.month = month
        self.readingOn = readingOn
    }

    static let fieldCount: Int16 = 8

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(scope.rawValue)
        rows.text(value)
        rows.date(month.firstDay)
        rows.int16(Int(periodNumber))
        rows.date(readingOn)
        rows.date(movedFrom)
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
        let id = Parameter.uuid(found.importId)
        try await ReadingDays.wait(on: link)
        try await link.run(insert, id, .timestamp(found.asOf))
        try await link.run(ReadingDays.ofCodes, ReadingDays.firstMonth(at: now), id)
        try await link.run(ReadingDays.ofBooks, ReadingDays.firstMonth(at: now), id)
    }

    static let copy = Command(
        "staged_reading_schedules_copy",
        """
        -- The reading days of an import, as they arrive.
        copy staged_reading_schedules (import_id, line, scope_kind, scope_value, month,
            period_number, reading_on, moved_from)
        from stdin (format binary)
        """)

    static let staged = ["staged_reading_schedules"]

    static let clear = Command(
        "staged_reading_schedules_clear",
        """
        -- What was staged for an import before.
        delete from staged_reading_schedules where import_id = $1
        """)

    static let faults = Statement<FoundFault>(
        "reading_schedule_import_faults",
        """
        -- Which lines of import $1, whose data are of $2, do not fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/value' as field, 'duplicate' as code
            from (
                select line, count(*) over (
                    partition by scope_kind, scope_value, month, period_number) as times
                from staged_reading_schedules where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/value', 'unknown_customer'
            from staged_reading_schedules s
            left join customers c on c.customer_code = s.scope_value
            where s.import_id = $1 and s.scope_kind = 'customerCode' and c.customer_code is null
            union all
            select s.line, '#/readingOn', 'outdated'
            from staged_reading_schedules s
            join reading_schedules r on r.scope_kind = s.scope_kind
                and r.scope_value = s.scope_value and r.month = s.month
                and r.period_number = s.period_number and r.as_of > $2
            where s.import_id = $1 and r.reading_on <> s.reading_on
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "reading_schedule_import_compare",
        """
        -- What import $1 would change.
        -- scan: all of an import is looked at.
        select count(*) filter (where r.month is null) as new_count,
            count(*) filter (where r.reading_on <> s.reading_on) as corrected_count,
            0::bigint as cancelled_count,
            count(*) filter (where r.reading_on = s.reading_on) as unchanged_count,
            0::bigint as total, 0::bigint as message_count
        from staged_reading_schedules s
        left join reading_schedules r on r.scope_kind = s.scope_kind
            and r.scope_value = s.scope_value and r.month = s.month
            and r.period_number = s.period_number
        where s.import_id = $1
        """)

    static let insert = Command(
        "reading_schedule_import_insert",
        """
        -- The reading days of import $1, as of $2; one that is moved says from where.
        -- scan: all of an import is looked at.
        insert into reading_schedules as r (scope_kind, scope_value, month, period_number,
            reading_on, moved_from, as_of)
        select scope_kind, scope_value, month, period_number, reading_on, moved_from, $2
        from staged_reading_schedules where import_id = $1
        on conflict (scope_kind, scope_value, month, period_number) do update
        set reading_on = excluded.reading_on, as_of = excluded.as_of,
            moved_from = coalesce(excluded.moved_from, r.reading_on)
        where r.reading_on <> excluded.reading_on
        """)
}
