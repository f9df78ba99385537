import Electricity
import Postgres

/// What the announcer asks of the database.
extension Announcer {
    /// An announcement that is not done.
    struct Pending: Row {
        static let columns = [
            "announcement_id", "event", "topic", "audience", "parameters", "outage_id", "day",
            "month", "as_of", "send_at", "expires_at", "code_cursor",
        ]
        let announcementId: UUID
        let event: String
        let topic: MessageTopic
        let audience: Announcement.Audience
        let parameters: [UInt8]
        let sendAt: Instant
        let expiresAt: Instant?
        let cursor: String

        init(_ row: inout RowDecoder) throws(RowError) {
            announcementId = try row.uuid()
            event = try row.string()
            topic = try row.word(MessageTopic.self)
            let name = try row.string()
            parameters = try row.utf8()
            let outage = try row.optionalUUID()
            let day = try row.optionalLocalDate()
            let month = try row.optionalLocalDate()
            let asOf = try row.optionalInstant()
            // The table has a check of the same.
            if let outage {
                audience = .outage(outage)
            } else if let month, let asOf {
                audience = .bills(month.month, asOf: asOf)
            } else {
                let date = day ?? LocalDate(daysSince1970: 0)
                audience = name == "debts" ? .debts(on: date) : .readingDay(date)
            }
            sendAt = try row.instant()
            expiresAt = try row.optionalInstant()
            cursor = try row.string()
        }
    }

    /// Where a range of customer codes ends; null when there is none behind the cursor.
    struct RangeEnd: Row {
        static let columns = ["last_code"]
        let lastCode: String?

        init(_ row: inout RowDecoder) throws(RowError) {
            lastCode = try row.optionalString()
        }
    }

    static let next = Statement<Pending>(
        "announcer_next",
        """
        -- The oldest announcement that is not done.
        select announcement_id, event, topic, audience, parameters, outage_id, day, month, as_of,
            send_at, expires_at, code_cursor
        from announcements
        where done_at is null
        order by created_at, announcement_id
        limit 1
        """)

    static let advance = Command(
        "announcer_advance",
        """
        -- Touches announcement $1, whose messages are written up to code $3 now and were up to $2.
        update announcements
        set code_cursor = $3, message_count = message_count + $4
        where announcement_id = $1 and code_cursor = $2 and done_at is null
        """)

    static let end = Command(
        "announcer_end",
        """
        -- Announcement $1 has reached everybody.
        update announcements set done_at = $2 where announcement_id = $1
        """)

    // MARK: Ranges

    static let followerRange = Statement<RangeEnd>(
        "announcer_follower_range",
        """
        -- The last of the next $2 followed codes behind $1.
        select max(r.customer_code) as last_code
        from (
            select customer_code from followers where customer_code > $1
            order by customer_code limit $2
        ) r
        """)

    static let outageRange = Statement<RangeEnd>(
        "announcer_outage_range",
        """
        -- The last of the next $2 codes behind $1 that outage $3 touches.
        select max(r.customer_code) as last_code
        from (
            select c.customer_code
            from (
                select s.scope_value as customer_code
                from outage_scopes s
                where s.outage_id = $3 and s.scope_kind = 'customerCode' and s.scope_value > $1
                union all
                select n.customer_code
                from outage_scopes s
                join network_links n on n.scope_kind = s.scope_kind
                    and n.scope_value = s.scope_value and n.customer_code > $1
                where s.outage_id = $3
            ) c
            order by c.customer_code limit $2
        ) r
        """)

    static let readingRange = Statement<RangeEnd>(
        "announcer_reading_range",
        """
        -- The last of the next $2 codes behind $1 whose meters may be read on day $3.
        select max(r.customer_code) as last_code
        from (
            select c.customer_code
            from (
                select s.scope_value as customer_code
                from reading_schedules s
                where s.reading_on = $3 and s.scope_kind = 'customerCode' and s.scope_value > $1
                union all
                select n.customer_code
                from reading_schedules s
                join network_links n on n.scope_kind = s.scope_kind
                    and n.scope_value = s.scope_value and n.customer_code > $1
                where s.reading_on = $3 and s.scope_kind = 'routeBook'
            ) c
            order by c.customer_code limit $2
        ) r
        """)

    // MARK: Messages of a range: the first nine parameters are the same in each.

    static let tellOutage = Command(
        "announcer_tell_outage",
        """
        -- One message for each follower of a code behind $8 and up to $9 that outage $10 touches.
        insert into outbox (slot, message_id, account_id, topic, customer_code, parameters, state,
            due_at, attempts, created_at, announcement_id, expires_at)
        select slot_of(f.account_id),
            message_id_of($2::text || '/' || f.account_id || '/' || $3 || '/' || f.customer_code),
            f.account_id, $2, f.customer_code, $4::json, 'waiting', $5, 0, $7, $1, $6
        from (
            select s.scope_value as customer_code
            from outage_scopes s
            where s.outage_id = $10 and s.scope_kind = 'customerCode'
                and s.scope_value > $8 and s.scope_value <= $9
            union
            -- Days are those of Vietnam, seven hours ahead.
            select n.customer_code
            from outage_scopes s
            join network_links n on n.scope_kind = s.scope_kind and n.scope_value = s.scope_value
                and n.customer_code > $8 and n.customer_code <= $9
                and (s.starts_at at time zone interval '7 hours')::date
                    between n.valid_from and coalesce(n.valid_to, 'infinity')
            where s.outage_id = $10
        ) c
        join followers f on f.customer_code = c.customer_code
        where $2 <> all (f.muted_topics)
        on conflict do nothing
        """)

    static let tellReadingDay = Command(
        "announcer_tell_reading_day",
        """
        -- One message for each follower of a code behind $8 and up to $9 whose meter is read on
        -- $10: as told for the code alone, or else for its route book.
        insert into outbox (slot, message_id, account_id, topic, customer_code, parameters, state,
            due_at, attempts, created_at, announcement_id, expires_at)
        select slot_of(f.account_id),
            message_id_of($2::text || '/' || f.account_id || '/' || $3 || '/' || f.customer_code),
            f.account_id, $2, f.customer_code,
            ($4::jsonb
                || jsonb_build_object('readingOn', $10::date, 'movedFrom', c.moved_from))::json,
            'waiting', $5, 0, $7, $1, $6
        from (
            select s.scope_value as customer_code, s.moved_from
            from reading_schedules s
            where s.reading_on = $10 and s.scope_kind = 'customerCode'
                and s.scope_value > $8 and s.scope_value <= $9
            union all
            select n.customer_code, s.moved_from
            from reading_schedules s
            join network_links n on n.scope_kind = s.scope_kind and n.scope_value = s.scope_value
                and n.customer_code > $8 and n.customer_code <= $9
                and s.reading_on between n.valid_from and coalesce(n.valid_to, 'infinity')
            where s.reading_on = $10 and s.scope_kind = 'routeBook'
                and not exists (
                    select from reading_schedules o
                    where o.scope_kind = 'customerCode' and o.scope_value = n.customer_code
                        and o.month = s.month)
        ) c
        join followers f on f.customer_code = c.customer_code
        where $2 <> all (f.muted_topics)
        on conflict do nothing
        """)

    static let tellBills = Command(
        "announcer_tell_bills",
        """
        -- One message for each follower of a code behind $8 and up to $9 for each bill of month
        -- $10 that arrived with the data of $11: those that are new, or those that are not.
        insert into outbox (slot, message_id, account_id, topic, customer_code, parameters, state,
            due_at, attempts, created_at, announcement_id, expires_at)
        select slot_of(f.account_id),
            message_id_of(
                $2::text || '/' || f.account_id || '/' || $3 || '/' || f.customer_code || '/'
                || b.period_number || '/' || b.revision),
            f.account_id, $2, f.customer_code,
            ($4::jsonb || jsonb_build_object(
                'month', to_char(b.month, 'YYYY-MM'), 'consumption', b.consumption_kwh,
                'total', b.total, 'dueOn', b.due_on, 'status', b.status))::json,
            'waiting', $5, 0, $7, $1, $6
        from followers f
        join bills b on b.customer_code = f.customer_code and b.month = $10 and b.kind = 'active'
            and b.as_of = $11 and (b.status = 'issued') = ($2 = 'bill_issued')
        where f.customer_code > $8 and f.customer_code <= $9 and $2 <> all (f.muted_topics)
        on conflict do nothing
        """)

    static let tellDebts = Command(
        "announcer_tell_debts",
        """
        -- One message for each follower of a code behind $8 and up to $9 that has a bill due in
        -- three days from $10, or since one or five days, with all it owes. A bill that is being
        -- paid is nobody's debt.
        insert into outbox (slot, message_id, account_id, topic, customer_code, parameters, state,
            due_at, attempts, created_at, announcement_id, expires_at)
        select slot_of(f.account_id),
            message_id_of($2::text || '/' || f.account_id || '/' || $3 || '/' || f.customer_code),
            f.account_id, $2, f.customer_code,
            ($4::jsonb || jsonb_build_object('amount', d.amount, 'dueOn', d.due_on))::json,
            'waiting', $5, 0, $7, $1, $6
        from followers f
        cross join lateral (
            select sum(b.billed - b.paid) as amount, min(b.due_on) as due_on
            from bill_balances b
            where b.customer_code = f.customer_code and b.kind = 'active' and b.paid < b.billed
                and b.pending = 0
            having bool_or(b.due_on in ($10::date + 3, $10::date - 1, $10::date - 5))
        ) d
        where f.customer_code > $8 and f.customer_code <= $9 and $2 <> all (f.muted_topics)
        on conflict do nothing
        """)
}
