import Electricity
import Postgres

extension StagedReading {
    /// The first and the last month of which an import has readings; nil without any.
    struct Months: Row {
        static let columns = ["first_month", "last_month"]
        let first: BillingMonth
        let last: BillingMonth

        init(_ row: inout RowDecoder) throws(RowError) {
            first = try row.localDate().month
            last = try row.localDate().month
        }
    }

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        guard let months = try await link.query(months, .uuid(found.importId)).first else {
            return []
        }
        return try await link.query(
            faults, .uuid(found.importId), .timestamp(found.asOf), .month(months.first),
            .month(months.last), .date(LocalDate(of: found.asOf)))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        // None when no line could be read: then any month will do.
        let months = try await link.query(months, .uuid(found.importId)).first
        let other = LocalDate(of: found.asOf).month
        return try await link.query(
            compare, .uuid(found.importId), .month(months?.first ?? other),
            .month(months?.last ?? other)
        ).first
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        try await link.run(insert, .uuid(found.importId), .timestamp(found.asOf))
    }

    static let months = Statement<Months>(
        "reading_import_months",
        """
        -- The first and the last month of import $1; no row without any.
        -- scan: all of an import is looked at.
        select min(month) as first_month, max(month) as last_month
        from staged_readings where import_id = $1
        having count(*) > 0
        """)

    static let faults = Statement<FoundFault>(
        "reading_import_faults",
        """
        -- Which lines of import $1, whose data are of $2, day $5, and of months $3 to $4, do not
        -- fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/customerCode' as field, 'duplicate' as code
            from (
                select line, count(*) over (
                    partition by customer_code, month, period_number, meter_serial_number,
                        register) as times
                from staged_readings where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/customerCode', 'unknown_customer'
            from staged_readings s
            left join customers c on c.customer_code = s.customer_code
            where s.import_id = $1 and c.customer_code is null
            union all
            -- A month whose partition went to the archive is a table still, but none of readings.
            select s.line, '#/month', 'month_not_kept'
            from staged_readings s
            where s.import_id = $1 and s.month = any(array(
                select m.month
                from (select distinct month from staged_readings where import_id = $1) m
                where not exists (
                    select from pg_inherits i
                    where i.inhrelid = to_regclass('readings_' || to_char(m.month, 'YYYY_MM'))
                        and i.inhparent = 'readings'::regclass)))
            union all
            -- Nobody has read a meter tomorrow.
            select s.line, '#/readOn', 'out_of_range'
            from staged_readings s
            where s.import_id = $1 and s.read_on > $5
            union all
            select s.line, '#/readOn', 'outdated'
            from staged_readings s
            join readings r on r.customer_code = s.customer_code and r.month = s.month
                and r.month >= $3 and r.month <= $4 and r.period_number = s.period_number
                and r.meter_serial_number = s.meter_serial_number and r.register = s.register
                and r.as_of > $2
            where s.import_id = $1
                and (r.opening_reading_thousandths, r.closing_reading_thousandths,
                    r.multiplier_thousandths, r.consumption_kwh, r.is_estimated, r.meter_event,
                    r.read_on)
                is distinct from (s.opening_reading_thousandths, s.closing_reading_thousandths,
                    s.multiplier_thousandths, s.consumption_kwh, s.is_estimated, s.meter_event,
                    s.read_on)
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "reading_import_compare",
        """
        -- What import $1, of months $2 to $3, would change.
        -- scan: all of an import is looked at.
        select count(*) filter (where r.customer_code is null) as new_count,
            count(*) filter (where r.customer_code is not null and not r.is_same)
                as corrected_count,
            0::bigint as cancelled_count, count(*) filter (where r.is_same) as unchanged_count,
            0::bigint as total, 0::bigint as message_count
        from staged_readings s
        left join lateral (
            select r.customer_code, (r.opening_reading_thousandths, r.closing_reading_thousandths,
                r.multiplier_thousandths, r.consumption_kwh, r.is_estimated, r.meter_event,
                r.read_on)
                is not distinct from (s.opening_reading_thousandths,
                    s.closing_reading_thousandths, s.multiplier_thousandths, s.consumption_kwh,
                    s.is_estimated, s.meter_event, s.read_on) as is_same
            from readings r
            where r.customer_code = s.customer_code and r.month = s.month and r.month >= $2
                and r.month <= $3 and r.period_number = s.period_number
                and r.meter_serial_number = s.meter_serial_number and r.register = s.register
            limit 1
        ) r on true
        where s.import_id = $1
        """)

    static let insert = Command(
        "reading_import_insert",
        """
        -- The readings of import $1, as of $2; those that have not changed are not written.
        -- scan: all of an import is looked at.
        insert into readings as r (customer_code, month, period_number, meter_serial_number,
            register, opening_reading_thousandths, closing_reading_thousandths,
            multiplier_thousandths, consumption_kwh, is_estimated, meter_event, read_on, as_of)
        select customer_code, month, period_number, meter_serial_number, register,
            opening_reading_thousandths, closing_reading_thousandths, multiplier_thousandths,
            consumption_kwh, is_estimated, meter_event, read_on, $2
        from staged_readings where import_id = $1
        on conflict (customer_code, month, period_number, meter_serial_number, register) do update
        set opening_reading_thousandths = excluded.opening_reading_thousandths,
            closing_reading_thousandths = excluded.closing_reading_thousandths,
            multiplier_thousandths = excluded.multiplier_thousandths,
            consumption_kwh = excluded.consumption_kwh, is_estimated = excluded.is_estimated,
            meter_event = excluded.meter_event, read_on = excluded.read_on,
            as_of = excluded.as_of
        where r.as_of <= excluded.as_of
            and (r.opening_reading_thousandths, r.closing_reading_thousandths,
                r.multiplier_thousandths, r.consumption_kwh, r.is_estimated, r.meter_event,
                r.read_on)
            is distinct from (excluded.opening_reading_thousandths,
                excluded.closing_reading_thousandths, excluded.multiplier_thousandths,
                excluded.consumption_kwh, excluded.is_estimated, excluded.meter_event,
                excluded.read_on)
        """)
}
