import Postgres

/// How an import of bills is put into use.
extension BillImport {
    static let lockBalances = Statement<RowCount>(
        "bill_import_lock_balances",
        """
        -- How many bills that import $1 corrects have money on them; nobody pays any of them
        -- meanwhile.
        -- scan: all that an import changes is looked at.
        select count(*) filter (where locked.paid > 0) as row_count
        from (
            select n.paid
            from staged_bill_changes c
            join bill_balances n on n.customer_code = c.customer_code and n.month = c.month
                and n.period_number = c.period_number and n.kind = c.kind
            where c.import_id = $1 and c.is_known
            order by n.customer_code, n.month, n.period_number
            for update of n
        ) locked
        """)

    static let insertBills = Command(
        "bill_import_insert_bills",
        """
        -- The revisions of import $1 that are not there, with the instant of its data.
        -- scan: all of an import is looked at.
        insert into bills (customer_code, month, period_number, kind, revision, status, invoice_id,
            period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of,
            import_line)
        select s.customer_code, s.month, s.period_number, s.kind, s.revision, s.status,
            s.invoice_id, s.period_start, s.period_end, s.consumption_kwh, s.amount_excluding_vat,
            s.vat_rate_basis_points, s.vat, s.total, s.issued_on, s.due_on, s.readings::json,
            s.lines::json, $2, s.line
        from staged_bills s
        join staged_bill_changes c on c.import_id = s.import_id
            and c.customer_code = s.customer_code and c.line = s.line
        where s.import_id = $1
        """)

    static let insertAllBills = Command(
        "bill_import_insert_all_bills",
        """
        -- The same, when all of them are not there.
        -- scan: all of an import is looked at.
        insert into bills (customer_code, month, period_number, kind, revision, status, invoice_id,
            period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of,
            import_line)
        select s.customer_code, s.month, s.period_number, s.kind, s.revision, s.status,
            s.invoice_id, s.period_start, s.period_end, s.consumption_kwh, s.amount_excluding_vat,
            s.vat_rate_basis_points, s.vat, s.total, s.issued_on, s.due_on, s.readings::json,
            s.lines::json, $2, s.line
        from staged_bills s
        where s.import_id = $1
        """)

    static let insertBalances = Command(
        "bill_import_insert_balances",
        """
        -- What is owed by the bills of import $1 that were not there, all of them first revisions.
        -- scan: all that an import changes is looked at.
        insert into bill_balances (customer_code, month, period_number, kind, revision, billed,
            paid, pending, due_on)
        select c.customer_code, c.month, c.period_number, c.kind, c.revision, c.billed, 0, 0,
            c.due_on
        from staged_bill_changes c
        where c.import_id = $1 and not c.is_known
        """)

    static let bookSurplus = Command(
        "bill_import_book_surplus",
        """
        -- What was paid above what newer revisions of import $1 ask for: from the bill to the
        -- customer, two entries each that sum to zero.
        -- scan: all that an import changes is looked at.
        insert into ledger_entries (ledger_transaction_id, entry_number, ledger_account,
            customer_code, month, period_number, bill_kind, amount, cause, booked_at)
        select message_id_of('import/' || $1::uuid || '/' || x.customer_code || '/' || x.month
                || '/' || x.period_number || '/' || x.kind),
            e.number, e.account, x.customer_code,
            case when e.number = 1 then x.month end,
            case when e.number = 1 then x.period_number end,
            case when e.number = 1 then nullif(x.kind, 'active') end,
            case when e.number = 1 then x.surplus else - x.surplus end, 'correction', $2
        from (
            select n.customer_code, n.month, n.period_number, n.kind, n.paid - s.billed as surplus
            from (
                select distinct on (customer_code, month, period_number, kind) customer_code,
                    month, period_number, kind, revision, billed
                from staged_bill_changes where import_id = $1 and is_known
                order by customer_code, month, period_number, kind, revision desc
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision < s.revision and n.paid > s.billed
        ) x
        cross join (values (1, 'bill'), (2, 'customer_credit')) as e (number, account)
        """)

    static let creditSurplus = Command(
        "bill_import_credit_surplus",
        """
        -- The same as the customers' credit.
        -- scan: all that an import changes is looked at.
        update customers c
        set credit = c.credit + x.surplus
        from (
            select n.customer_code, sum(n.paid - s.billed)::bigint as surplus
            from (
                select distinct on (customer_code, month, period_number, kind) customer_code,
                    month, period_number, kind, revision, billed
                from staged_bill_changes where import_id = $1 and is_known
                order by customer_code, month, period_number, kind, revision desc
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision < s.revision and n.paid > s.billed
            group by n.customer_code
        ) x
        where c.customer_code = x.customer_code
        """)

    static let followBalances = Command(
        "bill_import_follow_balances",
        """
        -- What is owed by the revisions of import $1 of bills that were there, one of each bill;
        -- what was paid stays paid.
        -- scan: all that an import changes is looked at.
        update bill_balances n
        set revision = c.revision, billed = c.billed, due_on = c.due_on,
            paid = least(n.paid, c.billed)
        from staged_bill_changes c
        where c.import_id = $1 and c.is_known and n.customer_code = c.customer_code
            and n.month = c.month and n.period_number = c.period_number and n.kind = c.kind
            and n.revision < c.revision
        """)

    static let followNewestBalances = Command(
        "bill_import_follow_newest_balances",
        """
        -- What is owed by the newest revisions of import $1 of bills that were there; what was
        -- paid stays paid.
        -- scan: all that an import changes is looked at.
        update bill_balances n
        set revision = s.revision, billed = s.billed, due_on = s.due_on,
            paid = least(n.paid, s.billed)
        from (
            select distinct on (c.customer_code, c.month, c.period_number, c.kind)
                c.customer_code, c.month, c.period_number, c.kind, c.revision, c.billed, c.due_on
            from staged_bill_changes c
            where c.import_id = $1 and c.is_known
            order by c.customer_code, c.month, c.period_number, c.kind, c.revision desc
        ) s
        where n.customer_code = s.customer_code and n.month = s.month
            and n.period_number = s.period_number and n.kind = s.kind and n.revision < s.revision
        """)

    static let insertNewestBalances = Command(
        "bill_import_insert_newest_balances",
        """
        -- What is owed by the newest revisions of import $1 of bills that were not there.
        -- scan: all that an import changes is looked at.
        insert into bill_balances (customer_code, month, period_number, kind, revision, billed,
            paid, pending, due_on)
        select distinct on (c.customer_code, c.month, c.period_number, c.kind) c.customer_code,
            c.month, c.period_number, c.kind, c.revision, c.billed, 0, 0, c.due_on
        from staged_bill_changes c
        where c.import_id = $1 and not c.is_known
        order by c.customer_code, c.month, c.period_number, c.kind, c.revision desc
        """)
}
