import Electricity
import Postgres

/// What the work on imports asks of the database.
extension ImportWork {
    /// An import that has a step to be taken.
    struct Next: Row {
        static let columns = ["import_id"]
        let importId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            importId = try row.uuid()
        }
    }

    /// How many faults were found.
    struct FaultCount: Row {
        static let columns = ["fault_count"]
        let count: Int64

        init(_ row: inout RowDecoder) throws(RowError) {
            count = try row.int64()
        }
    }

    /// A month that an import has bills of.
    struct BilledMonth: Row {
        static let columns = ["month"]
        let month: BillingMonth

        init(_ row: inout RowDecoder) throws(RowError) {
            month = try row.localDate().month
        }
    }

    static let next = Statement<Next>(
        "import_work_next",
        """
        -- The import whose step is due for longest.
        select import_id from imports where state in ('validating', 'committing')
        order by created_at limit 1
        """)

    static let giveBack = Command(
        "import_work_give_back",
        """
        -- A step that cannot be taken: the import is as it was before, with the reason.
        update imports
        set state = case state when 'committing' then 'validated' else 'invalid' end, fault = $2,
            updated_at = $3
        where import_id = $1 and state in ('validating', 'committing')
        """)

    // MARK: Holding it against what is known

    static let findFaults = Statement<FaultCount>(
        "import_work_find_faults",
        """
        -- How many lines of import $1, whose first month is $2, do not fit what is known; the first
        -- thousand are listed.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/customerCode' as field, 'duplicate' as code
            from (
                select line, count(*) over (
                    partition by customer_code, month, period_number, revision) as times
                from staged_bills where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/customerCode', 'unknown_customer'
            from staged_bills s
            left join customers c on c.customer_code = s.customer_code
            where s.import_id = $1 and c.customer_code is null
            union all
            select s.line, '#/month', 'month_not_kept'
            from staged_bills s
            where s.import_id = $1 and s.month = any(array(
                select m.month
                from (select distinct month from staged_bills where import_id = $1) m
                where to_regclass('bills_' || to_char(m.month, 'YYYY_MM')) is null))
            union all
            -- A revision says one thing, and for ever.
            select s.line, '#/revision', 'revision_conflict'
            from staged_bills s
            join bills b on b.customer_code = s.customer_code and b.month = s.month
                and b.month >= $2 and b.period_number = s.period_number and b.kind = 'active'
                and b.revision = s.revision
            where s.import_id = $1
                and (b.status, b.invoice_id, b.period_start, b.period_end, b.consumption_kwh,
                    b.amount_excluding_vat, b.vat_rate_basis_points, b.vat, b.total, b.issued_on,
                    b.due_on, b.readings::jsonb, b.lines::jsonb)
                is distinct from (s.status, s.invoice_id, s.period_start, s.period_end,
                    s.consumption_kwh, s.amount_excluding_vat, s.vat_rate_basis_points, s.vat,
                    s.total, s.issued_on, s.due_on, s.readings::jsonb, s.lines::jsonb)
            union all
            select s.line, '#/revision', 'outdated'
            from staged_bills s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = 'active'
                and n.revision > s.revision
            left join bills b on b.customer_code = s.customer_code and b.month = s.month
                and b.month >= $2 and b.period_number = s.period_number and b.kind = 'active'
                and b.revision = s.revision
            where s.import_id = $1 and b.customer_code is null
        ), listed as (
            insert into import_faults (import_id, line, field, code)
            select $1, line, field, code from found order by line limit 1000
            on conflict do nothing
        )
        select count(*) as fault_count from found
        """)

    static let compare = Statement<ImportDifference>(
        "import_work_compare",
        """
        -- What import $1, whose first month is $2, would change.
        -- scan: all of an import is looked at.
        select count(*) filter (where b.customer_code is null and n.customer_code is null)
                as new_count,
            count(*) filter (where b.customer_code is null and n.customer_code is not null
                and s.status <> 'cancelled') as corrected_count,
            count(*) filter (where b.customer_code is null and n.customer_code is not null
                and s.status = 'cancelled') as cancelled_count,
            count(*) filter (where b.customer_code is not null) as unchanged_count,
            coalesce(sum(s.total), 0)::bigint as total,
            coalesce(sum(f.followers) filter (where b.customer_code is null), 0)::bigint
                as message_count
        from staged_bills s
        left join bills b on b.customer_code = s.customer_code and b.month = s.month
            and b.month >= $2 and b.period_number = s.period_number and b.kind = 'active'
            and b.revision = s.revision
        left join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
            and n.period_number = s.period_number and n.kind = 'active'
        cross join lateral (
            select count(*) as followers from followers w where w.customer_code = s.customer_code
        ) f
        where s.import_id = $1
        """)

    static let judge = Command(
        "import_work_judge",
        """
        -- Import $1 is valid, unless it has faults or is not what was announced.
        update imports
        set fault_count = fault_count + $2, new_count = $3, corrected_count = $4,
            cancelled_count = $5, unchanged_count = $6,
            message_count = case when sends_messages then $7 else 0 end, updated_at = $8,
            fault = case
                when row_count = 0 then 'no_rows'
                when row_count <> expected_rows then 'expected_rows'
                when total <> expected_total then 'expected_total'
                end,
            state = case
                when fault_count + $2 > 0 or row_count = 0 or row_count <> expected_rows
                    or total <> expected_total then 'invalid'
                else 'validated' end
        where import_id = $1
        """)

    // MARK: Putting it into use

    static let lockBalances = Statement<FaultCount>(
        "import_work_lock_balances",
        """
        -- How many bills get another revision; nobody pays them meanwhile.
        -- scan: all of an import is looked at.
        select count(*) as fault_count
        from (
            select n.customer_code
            from staged_bills s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = 'active'
                and n.revision < s.revision
            where s.import_id = $1
            order by n.customer_code, n.month, n.period_number
            for update of n
        ) locked
        """)

    static let insertBills = Command(
        "import_work_insert_bills",
        """
        -- The revisions of import $1 that are not there, with the instant of its data.
        -- scan: all of an import is looked at.
        insert into bills (customer_code, month, period_number, kind, revision, status, invoice_id,
            period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of)
        select s.customer_code, s.month, s.period_number, 'active', s.revision, s.status,
            s.invoice_id, s.period_start, s.period_end, s.consumption_kwh, s.amount_excluding_vat,
            s.vat_rate_basis_points, s.vat, s.total, s.issued_on, s.due_on, s.readings, s.lines, $2
        from staged_bills s
        where s.import_id = $1
        on conflict (customer_code, month, period_number, kind, revision) do nothing
        """)

    static let bookSurplus = Command(
        "import_work_book_surplus",
        """
        -- What was paid above what newer revisions of import $1 ask for: from the bill to the
        -- customer, two entries each that sum to zero.
        -- scan: all of an import is looked at.
        insert into ledger_entries (ledger_transaction_id, entry_number, ledger_account,
            customer_code, month, period_number, amount, cause, booked_at)
        select message_id_of('import/' || $1::uuid || '/' || x.customer_code || '/' || x.month
                || '/' || x.period_number),
            e.number, e.account, x.customer_code,
            case when e.number = 1 then x.month end,
            case when e.number = 1 then x.period_number end,
            case when e.number = 1 then x.surplus else - x.surplus end, 'correction', $2
        from (
            select n.customer_code, n.month, n.period_number, n.paid - s.billed as surplus
            from (
                select distinct on (customer_code, month, period_number) customer_code, month,
                    period_number, revision,
                    case when status = 'cancelled' then 0 else total end as billed
                from staged_bills where import_id = $1
                order by customer_code, month, period_number, revision desc
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = 'active'
                and n.revision < s.revision and n.paid > s.billed
        ) x
        cross join (values (1, 'bill'), (2, 'customer_credit')) as e (number, account)
        """)

    static let creditSurplus = Command(
        "import_work_credit_surplus",
        """
        -- The same as the customers' credit.
        -- scan: all of an import is looked at.
        update customers c
        set credit = c.credit + x.surplus
        from (
            select n.customer_code, sum(n.paid - s.billed)::bigint as surplus
            from (
                select distinct on (customer_code, month, period_number) customer_code, month,
                    period_number, revision,
                    case when status = 'cancelled' then 0 else total end as billed
                from staged_bills where import_id = $1
                order by customer_code, month, period_number, revision desc
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = 'active'
                and n.revision < s.revision and n.paid > s.billed
            group by n.customer_code
        ) x
        where c.customer_code = x.customer_code
        """)

    static let followBalances = Command(
        "import_work_follow_balances",
        """
        -- What is owed by the newest revisions of import $1; what was paid stays paid.
        -- scan: all of an import is looked at.
        insert into bill_balances as n (customer_code, month, period_number, kind, revision,
            billed, paid, pending, due_on)
        select distinct on (customer_code, month, period_number) customer_code, month,
            period_number, 'active', revision,
            case when status = 'cancelled' then 0 else total end, 0, 0, due_on
        from staged_bills where import_id = $1
        order by customer_code, month, period_number, revision desc
        on conflict (customer_code, month, period_number, kind) do update
        set revision = excluded.revision, billed = excluded.billed, due_on = excluded.due_on,
            paid = least(n.paid, excluded.billed)
        where n.revision < excluded.revision
        """)

    static let months = Statement<BilledMonth>(
        "import_work_months",
        """
        -- The months of import $1.
        -- scan: all of an import is looked at.
        select distinct month from staged_bills where import_id = $1 order by month
        """)

    static let finish = Command(
        "import_work_finish",
        """
        -- Import $1 is in use.
        update imports set state = 'committed', committed_at = $2, updated_at = $2
        where import_id = $1
        """)

    static let commit = Command(
        "import_work_commit",
        """
        -- Import $1 is to be put into use.
        update imports set state = 'committing', fault = null, updated_at = $2
        where import_id = $1
        """)
}
