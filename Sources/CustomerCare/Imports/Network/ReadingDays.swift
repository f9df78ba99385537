import Electricity
import Postgres

/// The days on which each customer's meter is read, as the schedule of the code or of its route
/// book says, beside each other in one row: so that a look-up of a bill tells the next one by one
/// key more (docs/decisions/0025).
///
/// Whatever imports change what they follow from, schedules or links, brings them in step in the
/// same transaction.
enum ReadingDays {
    /// Months behind the present one whose days are kept: a period may be read when it is over.
    private static let monthsBehind = 2

    /// Waits until nobody else puts schedules or links into use: what one of two had not seen of
    /// the other would stay wrong.
    static func wait(on link: BulkLink) async throws(DatabaseError) {
        _ = try await link.query(lock)
    }

    /// The first month whose days are kept.
    static func firstMonth(at now: Instant) -> Parameter {
        .month(LocalDate(of: now).month.advanced(byMonths: -monthsBehind))
    }

    static let lock = Statement<RowCount>(
        "reading_days_lock",
        """
        -- How many imports of what reading days follow from are being put into use, each locked.
        select count(*) as row_count
        from (
            select import_id from imports
            where state = 'committing' and kind in ('networkLinks', 'readingSchedules')
            order by import_id
            for update
        ) locked
        """)

    // Of each month: the code's own days; and those of the newest book in which it stands, but for
    // periods of which there is one of its own. Codes are left with none where none are told.

    static let ofCodes = Command(
        "reading_days_of_codes",
        """
        -- The days from month $1 on of codes of which import $2 tells days of their own.
        -- scan: all of it is looked at.
        insert into reading_days as r (customer_code, days)
        select a.customer_code, array(
            select d.reading_on
            from unnest(
                array(
                    select s.reading_on
                    from reading_schedules s
                    where s.scope_kind = 'customerCode' and s.scope_value = a.customer_code
                        and s.month >= $1)
                || array(
                    select s.reading_on
                    from network_links l
                    join reading_schedules s on s.scope_kind = 'routeBook'
                        and s.scope_value = l.scope_value and s.month >= $1
                        and l.valid_from < s.month + interval '1 month'
                        and coalesce(l.valid_to, 'infinity') >= s.month
                    where l.customer_code = a.customer_code and l.scope_kind = 'routeBook'
                        and not exists (
                            select from network_links m
                            where m.customer_code = l.customer_code
                                and m.scope_kind = 'routeBook' and m.valid_from > l.valid_from
                                and m.valid_from < s.month + interval '1 month'
                                and coalesce(m.valid_to, 'infinity') >= s.month)
                        and not exists (
                            select from reading_schedules o
                            where o.scope_kind = 'customerCode'
                                and o.scope_value = l.customer_code and o.month = s.month
                                and o.period_number = s.period_number))
            ) as d (reading_on)
            order by d.reading_on)
        from (
            select distinct c.customer_code
            from staged_reading_schedules s
            join customers c on c.customer_code = s.scope_value
            where s.import_id = $2 and s.scope_kind = 'customerCode'
        ) a
        on conflict (customer_code) do update set days = excluded.days
        where r.days <> excluded.days
        """)

    static let ofBooks = Command(
        "reading_days_of_books",
        """
        -- The days from month $1 on of codes in route books of which import $2 tells days.
        -- scan: all of it is looked at.
        insert into reading_days as r (customer_code, days)
        select a.customer_code, array(
            select d.reading_on
            from unnest(
                array(
                    select s.reading_on
                    from reading_schedules s
                    where s.scope_kind = 'customerCode' and s.scope_value = a.customer_code
                        and s.month >= $1)
                || array(
                    select s.reading_on
                    from network_links l
                    join reading_schedules s on s.scope_kind = 'routeBook'
                        and s.scope_value = l.scope_value and s.month >= $1
                        and l.valid_from < s.month + interval '1 month'
                        and coalesce(l.valid_to, 'infinity') >= s.month
                    where l.customer_code = a.customer_code and l.scope_kind = 'routeBook'
                        and not exists (
                            select from network_links m
                            where m.customer_code = l.customer_code
                                and m.scope_kind = 'routeBook' and m.valid_from > l.valid_from
                                and m.valid_from < s.month + interval '1 month'
                                and coalesce(m.valid_to, 'infinity') >= s.month)
                        and not exists (
                            select from reading_schedules o
                            where o.scope_kind = 'customerCode'
                                and o.scope_value = l.customer_code and o.month = s.month
                                and o.period_number = s.period_number))
            ) as d (reading_on)
            order by d.reading_on)
        from (
            select distinct n.customer_code
            from staged_reading_schedules s
            join network_links n on n.scope_kind = s.scope_kind and n.scope_value = s.scope_value
            where s.import_id = $2 and s.scope_kind = 'routeBook'
        ) a
        on conflict (customer_code) do update set days = excluded.days
        where r.days <> excluded.days
        """)

    static let ofLinks = Command(
        "reading_days_of_links",
        """
        -- The days from month $1 on of codes whose route books import $2 tells.
        -- scan: all of it is looked at.
        insert into reading_days as r (customer_code, days)
        select a.customer_code, array(
            select d.reading_on
            from unnest(
                array(
                    select s.reading_on
                    from reading_schedules s
                    where s.scope_kind = 'customerCode' and s.scope_value = a.customer_code
                        and s.month >= $1)
                || array(
                    select s.reading_on
                    from network_links l
                    join reading_schedules s on s.scope_kind = 'routeBook'
                        and s.scope_value = l.scope_value and s.month >= $1
                        and l.valid_from < s.month + interval '1 month'
                        and coalesce(l.valid_to, 'infinity') >= s.month
                    where l.customer_code = a.customer_code and l.scope_kind = 'routeBook'
                        and not exists (
                            select from network_links m
                            where m.customer_code = l.customer_code
                                and m.scope_kind = 'routeBook' and m.valid_from > l.valid_from
                                and m.valid_from < s.month + interval '1 month'
                                and coalesce(m.valid_to, 'infinity') >= s.month)
                        and not exists (
                            select from reading_schedules o
                            where o.scope_kind = 'customerCode'
                                and o.scope_value = l.customer_code and o.month = s.month
                                and o.period_number = s.period_number))
            ) as d (reading_on)
            order by d.reading_on)
        from (
            select distinct s.customer_code
            from staged_network_links s
            where s.import_id = $2 and s.scope_kind = 'routeBook'
        ) a
        on conflict (customer_code) do update set days = excluded.days
        where r.days <> excluded.days
        """)

    static let ofAll = Command(
        "reading_days_of_all",
        """
        -- The days from month $1 on of all codes: where they were written by hand.
        -- scan: all of it is looked at.
        insert into reading_days as r (customer_code, days)
        select a.customer_code, array(
            select d.reading_on
            from unnest(
                array(
                    select s.reading_on
                    from reading_schedules s
                    where s.scope_kind = 'customerCode' and s.scope_value = a.customer_code
                        and s.month >= $1)
                || array(
                    select s.reading_on
                    from network_links l
                    join reading_schedules s on s.scope_kind = 'routeBook'
                        and s.scope_value = l.scope_value and s.month >= $1
                        and l.valid_from < s.month + interval '1 month'
                        and coalesce(l.valid_to, 'infinity') >= s.month
                    where l.customer_code = a.customer_code and l.scope_kind = 'routeBook'
                        and not exists (
                            select from network_links m
                            where m.customer_code = l.customer_code
                                and m.scope_kind = 'routeBook' and m.valid_from > l.valid_from
                                and m.valid_from < s.month + interval '1 month'
                                and coalesce(m.valid_to, 'infinity') >= s.month)
                        and not exists (
                            select from reading_schedules o
                            where o.scope_kind = 'customerCode'
                                and o.scope_value = l.customer_code and o.month = s.month
                                and o.period_number = s.period_number))
            ) as d (reading_on)
            order by d.reading_on)
        from customers a
        on conflict (customer_code) do update set days = excluded.days
        where r.days <> excluded.days
        """)
}
