import Electricity
import Postgres

/// How an import of bills is held against what is known.
enum BillImport {
    /// A month that an import has lines of.
    struct BilledMonth: Row {
        static let columns = [
            "month", "row_count", "total", "is_kept", "is_ascending", "is_one_each",
            "oldest_revision",
        ]
        let month: BillingMonth
        let rows: Int64
        /// VND of its lines.
        let total: Int64
        /// Whether bills of it can be kept.
        let isKept: Bool
        /// Whether each line of the import stands behind the one before.
        let isAscending: Bool
        /// Whether each is of another bill besides.
        let isOneEach: Bool
        /// The oldest revision among the lines of the import.
        let oldestRevision: Int64

        init(_ row: inout RowDecoder) throws(RowError) {
            month = try row.localDate().month
            rows = try row.int64()
            total = try row.int64()
            isKept = try row.bool()
            isAscending = try row.bool()
            isOneEach = try row.bool()
            oldestRevision = try row.int64()
        }
    }

    /// The lines of an import that are not in use already.
    struct Changes: Row {
        static let columns = [
            "new_count", "corrected_count", "cancelled_count", "newest_revision",
        ]
        /// Bills that are not known at all.
        let new: Int64
        let corrected: Int64
        let cancelled: Int64
        let newestRevision: Int64

        var count: Int64 { new + corrected + cancelled }

        init(_ row: inout RowDecoder) throws(RowError) {
            new = try row.int64()
            corrected = try row.int64()
            cancelled = try row.int64()
            newestRevision = try row.int64()
        }
    }

    /// The months of an import that are kept, the earliest first.
    static func months(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [BilledMonth] {
        try await link.query(months, .uuid(found.importId)).filter(\.isKept)
    }

    static let analyze = Statement<Done>(
        "bill_import_analyze",
        """
        -- What is among the staged bills, for the plans of what follows.
        select analyze_staged('staged_bills') is not null as is_done
        """)

    static let analyzeChanges = Statement<Done>(
        "bill_import_analyze_changes",
        """
        -- The same of what they change.
        select analyze_staged('staged_bill_changes') is not null as is_done
        """)

    static let months = Statement<BilledMonth>(
        "bill_import_months",
        """
        -- Of which months the lines of import $1 are, and whether bills of them are kept.
        select m.month, coalesce(m.row_count, 0) as row_count, coalesce(m.total, 0) as total,
            exists (
                select from pg_inherits h
                where h.inhrelid = to_regclass('bills_' || to_char(m.month, 'YYYY_MM'))
                    and h.inhparent = 'bills'::regclass) as is_kept,
            i.is_ascending, i.is_one_each, coalesce(i.oldest_revision, 1)::bigint as oldest_revision
        from imports i
        cross join lateral unnest(i.months, i.month_counts, i.month_totals)
            as m (month, row_count, total)
        where i.import_id = $1
        order by m.month
        """)

    static let noteStanding = Command(
        "bill_import_note_standing",
        """
        -- How often imports have changed bills by now: each that is in use did, and each that was
        -- taken back did twice.
        -- scan: imports are few.
        update imports
        set bills_standing = (
                select count(*) + count(*) filter (where o.state = 'rolled_back')
                from imports o
                where o.kind in ('bills', 'reactiveBills') and o.committed_at is not null)
        where import_id = $1
        """)

    static let isStanding = Statement<Done>(
        "bill_import_is_standing",
        """
        -- Whether no import has changed bills since import $1 was held against them.
        -- scan: imports are few.
        select coalesce(i.bills_standing = (
                select count(*) + count(*) filter (where o.state = 'rolled_back')
                from imports o
                where o.kind in ('bills', 'reactiveBills') and o.committed_at is not null),
            false) as is_done
        from imports i where i.import_id = $1
        """)

    static let clearChanges = Command(
        "bill_import_clear_changes",
        """
        -- What import $1 was found to change.
        delete from staged_bill_changes where import_id = $1
        """)

    static let insertChanges = Command(
        "bill_import_insert_changes",
        """
        -- The bills of month $2 in import $1, of kind $3, of which no revision is known, or an
        -- older one: what is owed tells which is.
        -- scan: all of an import is looked at.
        insert into staged_bill_changes (import_id, line, customer_code, month, period_number,
            kind, revision, is_cancelled, billed, due_on, is_known)
        select s.import_id, s.line, s.customer_code, s.month, s.period_number, s.kind, s.revision,
            s.status = 'cancelled', case when s.status = 'cancelled' then 0 else s.total end,
            s.due_on, n.revision is not null
        from staged_bills s
        left join bill_balances n on n.customer_code = s.customer_code and n.month = $2
            and n.period_number = s.period_number and n.kind = $3
        where s.import_id = $1 and s.month = $2 and (n.revision is null or n.revision < s.revision)
        """)

    static let changes = Statement<Changes>(
        "bill_import_changes",
        """
        -- How much of import $1 is not in use already.
        select count(*) filter (where not c.is_known) as new_count,
            count(*) filter (where c.is_known and not c.is_cancelled) as corrected_count,
            count(*) filter (where c.is_known and c.is_cancelled) as cancelled_count,
            coalesce(max(c.revision), 0)::bigint as newest_revision
        from staged_bill_changes c where c.import_id = $1
        """)

    static let messages = Statement<RowCount>(
        "bill_import_messages",
        """
        -- How many followers would be told of import $1.
        -- scan: all that an import changes is looked at.
        select count(*) as row_count
        from staged_bill_changes c
        join followers f on f.customer_code = c.customer_code
        where c.import_id = $1
        """)

    // MARK: What does not fit

    static let unkept = Statement<FoundFault>(
        "bill_import_unkept",
        """
        -- Which lines of import $1 are of months that are not kept, $2 in days since 1970: a
        -- thousand.
        -- scan: all of an import is looked at.
        select s.line, '#/month' as field, 'month_not_kept' as code,
            count(*) over () as fault_count
        from staged_bills s
        where s.import_id = $1
            and s.month = any(array(
                select date '1970-01-01' + d.day::integer from unnest($2::bigint[]) as d (day)))
        order by s.line limit 1000
        """)

    static let unknown = Statement<FoundFault>(
        "bill_import_unknown",
        """
        -- Which lines of import $1 are of customers that nobody knows: a thousand. Who has a bill
        -- is known.
        -- scan: all that an import changes is looked at.
        select s.line, '#/customerCode' as field, 'unknown_customer' as code,
            count(*) over () as fault_count
        from staged_bill_changes s
        left join customers c on c.customer_code = s.customer_code
        where s.import_id = $1 and not s.is_known and c.customer_code is null
        order by s.line limit 1000
        """)

    static let duplicates = Statement<FoundFault>(
        "bill_import_duplicates",
        """
        -- Which lines of import $1, of month $2 and kind $3, say the same bill as another: a
        -- thousand.
        -- scan: all of an import is looked at.
        select s.line, '#/customerCode' as field, 'duplicate' as code,
            count(*) over () as fault_count
        from (
            select customer_code, period_number, revision
            from staged_bills where import_id = $1 and month = $2 and kind = $3
            group by customer_code, period_number, revision
            having count(*) > 1
        ) d
        join staged_bills s on s.import_id = $1 and s.month = $2 and s.kind = $3
            and s.customer_code = d.customer_code and s.period_number = d.period_number
            and s.revision = d.revision
        order by s.line limit 1000
        """)

    static let suspects = Statement<RowCount>(
        "bill_import_suspects",
        """
        -- How many lines of import $1, of month $2 and kind $3, change nothing and say something
        -- else than the revision that is known, or one that is not; no line is of an older revision
        -- than $4. Their contents are told apart by 64 bits, so that few bytes of each are carried;
        -- what follows looks at all of them.
        -- scan: all of an import is looked at.
        select count(*) as row_count
        from (
            select s.import_id, s.line, s.customer_code, s.period_number, s.revision,
                hash_record_extended(
                    row(s.status, s.invoice_id, s.period_start, s.period_end, s.consumption_kwh,
                        s.amount_excluding_vat, s.vat_rate_basis_points, s.vat, s.total,
                        s.issued_on, s.due_on, s.readings, s.lines), 0) as content
            from staged_bills s where s.import_id = $1 and s.month = $2
            offset 0
        ) s
        left join staged_bill_changes c on c.import_id = $1 and c.customer_code = s.customer_code
            and c.line = s.line
        left join (
            select b.customer_code, b.period_number, b.revision,
                hash_record_extended(
                    row(b.status, b.invoice_id, b.period_start, b.period_end, b.consumption_kwh,
                        b.amount_excluding_vat, b.vat_rate_basis_points, b.vat, b.total,
                        b.issued_on, b.due_on, b.readings::text, b.lines::text), 0) as content
            from bills b
            where b.month = $2 and b.kind = $3 and b.revision >= $4
            offset 0
        ) k on k.customer_code = s.customer_code and k.period_number = s.period_number
            and k.revision = s.revision
        where c.line is null and k.content is distinct from s.content
        """)

    static let revisionFaults = Statement<FoundFault>(
        "bill_import_revision_faults",
        """
        -- Which lines of import $1, of month $2, are of revisions that are known and say something
        -- else, or that others have overtaken: a thousand.
        -- scan: all of an import is looked at.
        select k.line, '#/revision' as field,
            case when k.is_there then 'revision_conflict' else 'outdated' end as code,
            count(*) over () as fault_count
        from (
            select s.line, b.customer_code is not null as is_there,
                -- A revision says one thing, and for ever. Equal text is equal JSON.
                (b.status, b.invoice_id, b.period_start, b.period_end, b.consumption_kwh,
                    b.amount_excluding_vat, b.vat_rate_basis_points, b.vat, b.total, b.issued_on,
                    b.due_on)
                is distinct from (s.status, s.invoice_id, s.period_start, s.period_end,
                    s.consumption_kwh, s.amount_excluding_vat, s.vat_rate_basis_points, s.vat,
                    s.total, s.issued_on, s.due_on)
                or (b.readings::text <> s.readings
                    and b.readings::jsonb <> s.readings::jsonb)
                or (b.lines::text <> s.lines
                    and b.lines::jsonb <> s.lines::jsonb) as is_other
            from staged_bills s
            -- What is owed tells cheaply which are there.
            join bill_balances n on n.customer_code = s.customer_code and n.month = $2
                and n.period_number = s.period_number and n.kind = $3
                and n.revision >= s.revision
            left join bills b on b.customer_code = s.customer_code and b.month = $2
                and b.period_number = s.period_number and b.kind = $3
                and b.revision = s.revision
            where s.import_id = $1 and s.month = $2
        ) k
        where k.is_other
        order by k.line limit 1000
        """)
}
