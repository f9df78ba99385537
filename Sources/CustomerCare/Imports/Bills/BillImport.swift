import Electricity
import JSON
import Postgres
import Signing

/// What lines with bills of either kind have in common: how they are staged, held against what is
/// known and put into use.
protocol BillLine: ImportLine {
    var bill: StagedBill { get }
    /// Whether followers can be told.
    static var isTold: Bool { get }
}

extension StagedActiveBill: BillLine {
    static let isTold = true
}

extension StagedReactiveBill: BillLine {
    static let isTold = false
}

extension BillLine {
    static var fieldCount: Int16 { StagedBill.fieldCount }
    static var copy: Command { StagedBill.copy }
    static var clear: Command { StagedBill.clear }
    static var numbers: Set<String> { StagedBill.numbers }
    static var truths: Set<String> { ["isEstimated"] }
    var amount: Int64 { bill.total }

    func write(
        to rows: inout CopyRows, of importId: UUID, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        bill.write(to: &rows, of: importId, line: line)
    }

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        guard let first = try await BillImport.months(of: found, on: link).first else { return [] }
        return try await link.query(BillImport.faults, .uuid(found.importId), .month(first))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        // None when no line could be read: then any month will do.
        let months = try await BillImport.months(of: found, on: link)
        return try await link.query(
            BillImport.compare, .uuid(found.importId),
            .month(months.first ?? LocalDate(of: found.asOf).month), .bool(isTold)
        ).first
    }

    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly] {
        try await link.query(
            ImportAnomaly.find, .uuid(found.importId), .int64(ImportAnomaly.fewest),
            .int64(100 - ImportAnomaly.strangerPercent),
            .int64(ImportAnomaly.meanPercent))
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        try await link.run(BillImport.noteMonths, id)
        let newest = try await link.query(BillImport.newestRevision, id).first?.count ?? 0
        // First revisions stand above nothing: no balance changes that is there.
        if newest <= 1 {
            try await link.run(BillImport.insertBills, id, .timestamp(found.asOf))
            try await link.run(BillImport.insertBalances, id)
        } else {
            _ = try await link.query(BillImport.lockBalances, id)
            try await link.run(BillImport.insertBills, id, .timestamp(found.asOf))
            // A bill that asks for less than was paid: what is over belongs to the customer.
            try await link.run(BillImport.bookSurplus, id, .timestamp(now))
            try await link.run(BillImport.creditSurplus, id)
            try await link.run(BillImport.followBalances, id)
        }
        guard isTold, found.sendsMessages else { return }
        for month in try await BillImport.months(of: found, on: link) {
            for topic in [MessageTopic.billIssued, .billCorrected] {
                let announcement = Announcement(
                    topic: topic, audience: .bills(month, asOf: found.asOf),
                    event: "import/\(found.importId)/\(month)", sendAt: QuietHours.end(of: now))
                try await link.run(Announcement.insert, parameters: announcement.values(at: now))
            }
        }
    }
}

/// What an import of bills asks of the database.
enum BillImport {
    /// A month that an import has bills of.
    struct BilledMonth: Row {
        static let columns = ["month"]
        let month: BillingMonth

        init(_ row: inout RowDecoder) throws(RowError) {
            month = try row.localDate().month
        }
    }

    /// The months of an import, the earliest first.
    static func months(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [BillingMonth] {
        try await link.query(months, .uuid(found.importId)).map(\.month)
    }

    static let faults = Statement<FoundFault>(
        "bill_import_faults",
        """
        -- Which lines of import $1, whose first month is $2, do not fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/customerCode' as field, 'duplicate' as code
            from (
                select line, count(*) over (
                    partition by customer_code, month, period_number, kind, revision) as times
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
            -- A revision says one thing, and for ever. What is owed tells cheaply which are there.
            select s.line, '#/revision', 'revision_conflict'
            from staged_bills s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision >= s.revision
            join bills b on b.customer_code = s.customer_code and b.month = s.month
                and b.month >= $2 and b.period_number = s.period_number and b.kind = s.kind
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
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision > s.revision
            left join bills b on b.customer_code = s.customer_code and b.month = s.month
                and b.month >= $2 and b.period_number = s.period_number and b.kind = s.kind
                and b.revision = s.revision
            where s.import_id = $1 and b.customer_code is null
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "bill_import_compare",
        """
        -- What import $1, whose first month is $2, would change; of messages only when
        -- there are any ($3).
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
        left join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
            and n.period_number = s.period_number and n.kind = s.kind
        -- Limited, so that bills are only looked up where what is owed says that one is there.
        left join lateral (
            select b.customer_code
            from bills b
            where n.revision >= s.revision and b.customer_code = s.customer_code
                and b.month = s.month and b.month >= $2 and b.period_number = s.period_number
                and b.kind = s.kind and b.revision = s.revision
            limit 1
        ) b on true
        cross join lateral (
            select count(*) as followers
            from followers w where w.customer_code = s.customer_code and $3
        ) f
        where s.import_id = $1
        """)

    static let lockBalances = Statement<RowCount>(
        "bill_import_lock_balances",
        """
        -- How many bills get another revision; nobody pays them meanwhile.
        -- scan: all of an import is looked at.
        select count(*) as row_count
        from (
            select n.customer_code
            from staged_bills s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision < s.revision
            where s.import_id = $1
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
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of)
        select s.customer_code, s.month, s.period_number, s.kind, s.revision, s.status,
            s.invoice_id, s.period_start, s.period_end, s.consumption_kwh, s.amount_excluding_vat,
            s.vat_rate_basis_points, s.vat, s.total, s.issued_on, s.due_on, s.readings, s.lines, $2
        from staged_bills s
        where s.import_id = $1
        on conflict (customer_code, month, period_number, kind, revision) do nothing
        """)

    static let bookSurplus = Command(
        "bill_import_book_surplus",
        """
        -- What was paid above what newer revisions of import $1 ask for: from the bill to the
        -- customer, two entries each that sum to zero.
        -- scan: all of an import is looked at.
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
                    month, period_number, kind, revision,
                    case when status = 'cancelled' then 0 else total end as billed
                from staged_bills where import_id = $1
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
        -- scan: all of an import is looked at.
        update customers c
        set credit = c.credit + x.surplus
        from (
            select n.customer_code, sum(n.paid - s.billed)::bigint as surplus
            from (
                select distinct on (customer_code, month, period_number, kind) customer_code,
                    month, period_number, kind, revision,
                    case when status = 'cancelled' then 0 else total end as billed
                from staged_bills where import_id = $1
                order by customer_code, month, period_number, kind, revision desc
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision < s.revision and n.paid > s.billed
            group by n.customer_code
        ) x
        where c.customer_code = x.customer_code
        """)

    static let noteMonths = Command(
        "bill_import_note_months",
        """
        -- Of which months the bills of import $1 are: so that they are found again.
        -- scan: all of an import is looked at.
        update imports
        set months = array(
            select distinct s.month from staged_bills s where s.import_id = $1 order by 1)
        where import_id = $1
        """)

    static let newestRevision = Statement<RowCount>(
        "bill_import_newest_revision",
        """
        -- The newest revision in import $1.
        -- scan: all of an import is looked at.
        select max(revision)::bigint as row_count from staged_bills where import_id = $1
        """)

    static let insertBalances = Command(
        "bill_import_insert_balances",
        """
        -- What is owed by the bills of import $1, all of them first revisions.
        -- scan: all of an import is looked at.
        insert into bill_balances (customer_code, month, period_number, kind, revision, billed,
            paid, pending, due_on)
        select customer_code, month, period_number, kind, revision,
            case when status = 'cancelled' then 0 else total end, 0, 0, due_on
        from staged_bills where import_id = $1
        on conflict (customer_code, month, period_number, kind) do nothing
        """)

    static let followBalances = Command(
        "bill_import_follow_balances",
        """
        -- What is owed by the newest revisions of import $1; what was paid stays paid.
        -- scan: all of an import is looked at.
        insert into bill_balances as n (customer_code, month, period_number, kind, revision,
            billed, paid, pending, due_on)
        select distinct on (customer_code, month, period_number, kind) customer_code, month,
            period_number, kind, revision,
            case when status = 'cancelled' then 0 else total end, 0, 0, due_on
        from staged_bills where import_id = $1
        order by customer_code, month, period_number, kind, revision desc
        on conflict (customer_code, month, period_number, kind) do update
        set revision = excluded.revision, billed = excluded.billed, due_on = excluded.due_on,
            paid = least(n.paid, excluded.billed)
        where n.revision < excluded.revision
        """)

    static let months = Statement<BilledMonth>(
        "bill_import_months",
        """
        -- The months of import $1.
        -- scan: all of an import is looked at.
        select distinct month from staged_bills where import_id = $1 order by month
        """)
}
