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

    /// What is staged is analyzed first, and what is looked for stands in one month: then tables
    /// are joined as wholes, in the one process that the look-ups of others leave.
    static var planning: String {
        """
        set local plan_cache_mode = force_custom_plan;
        set local max_parallel_workers_per_gather = 0;
        set local work_mem = '64MB'
        """
    }

    func fault(inNew month: BillingMonth) -> JSONFault? {
        if bill.month != month { return JSONFault(pointer: "#/month", code: .notAllowed) }
        if bill.revision != 1 { return JSONFault(pointer: "#/revision", code: .notAllowed) }
        return nil
    }

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        bill.write(to: &rows, of: found, line: line)
    }

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        let id = Parameter.uuid(found.importId)
        _ = try await link.query(BillImport.analyze)
        let months = try await link.query(BillImport.stagedMonths, id)
        let kept = months.filter(\.isKept).map { $0.month.firstDay.daysSince1970 }
        try await link.run(BillImport.noteMonths, id, .int64s(kept.map { Int64($0) }))
        var faults: [FoundFault] = []
        if kept.count < months.count { faults = try await link.query(BillImport.unkept, id) }
        var count = faults.first?.count ?? 0
        for month in months where month.isKept {
            for statement in [BillImport.faults, BillImport.revisionFaults] {
                let more = try await link.query(statement, id, .month(month.month))
                count += more.first?.count ?? 0
                faults += more.prefix(Int(ImportFault.listed) - faults.count)
            }
        }
        return faults.map { FoundFault($0.fault, of: count) }
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        // Nothing when no line could be read.
        var difference = ImportDifference.none
        for month in try await BillImport.months(of: found, on: link) {
            let more = try await link.query(
                BillImport.compare, .uuid(found.importId), .month(month),
                .bool(isTold && found.sendsMessages))
            for part in more { difference = difference + part }
        }
        return difference
    }

    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly] {
        var anomalies: [ImportAnomaly] = []
        for month in try await BillImport.months(of: found, on: link) {
            anomalies += try await link.query(
                ImportAnomaly.find, .uuid(found.importId), .int64(ImportAnomaly.fewest),
                .int64(100 - ImportAnomaly.strangerPercent), .int64(ImportAnomaly.meanPercent),
                .month(month), .month(month.advanced(byMonths: -1)))
        }
        return anomalies
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        let newest = try await link.query(BillImport.newestRevision, id).first?.count ?? 0
        // First revisions stand above nothing: no balance changes that is there.
        if newest <= 1 {
            try await link.run(BillImport.insertBills, id, .timestamp(found.asOf))
            try await link.run(BillImport.insertBalances, id)
        } else {
            let locked = try await link.query(BillImport.lockBalances, id).first
            let inserted = try await link.run(
                BillImport.insertBills, id, .timestamp(found.asOf))
            if let locked, locked.paid > 0 {
                // A bill that asks for less than was paid: what is over is the customer's.
                try await link.run(BillImport.bookSurplus, id, .timestamp(now))
                try await link.run(BillImport.creditSurplus, id)
            }
            try await link.run(BillImport.followBalances, id)
            // Nothing is owed yet of those that do not follow another.
            if Int64(inserted) > (locked?.count ?? 0) {
                try await link.run(BillImport.insertNewestBalances, id)
            }
        }
        try await announce(found, at: now, on: link)
    }

    /// Has followers told, when they are to be.
    static func announce(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
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

/// How an import of bills is held against what is known.
enum BillImport {
    /// A month that an import has bills of.
    struct BilledMonth: Row {
        static let columns = ["month"]
        let month: BillingMonth

        init(_ row: inout RowDecoder) throws(RowError) {
            month = try row.localDate().month
        }
    }

    /// The same, while they are looked through.
    struct StagedMonth: Row {
        static let columns = ["month", "is_kept"]
        let month: BillingMonth
        let isKept: Bool

        init(_ row: inout RowDecoder) throws(RowError) {
            month = try row.localDate().month
            isKept = try row.bool()
        }
    }

    /// How many revisions follow others, and how many of those have money on them.
    struct Locked: Row {
        static let columns = ["row_count", "paid_count"]
        let count: Int64
        let paid: Int64

        init(_ row: inout RowDecoder) throws(RowError) {
            count = try row.int64()
            paid = try row.int64()
        }
    }

    /// Whether a function of the owner did what it is for.
    struct Done: Row {
        static let columns = ["is_done"]
        let isDone: Bool

        init(_ row: inout RowDecoder) throws(RowError) {
            isDone = try row.bool()
        }
    }

    /// The months of an import that are kept, the earliest first.
    static func months(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [BillingMonth] {
        try await link.query(months, .uuid(found.importId)).map(\.month)
    }

    static let analyze = Statement<Done>(
        "bill_import_analyze",
        """
        -- What is among the staged bills, for the plans of what follows.
        select analyze_staged('staged_bills') is not null as is_done
        """)

    static let stagedMonths = Statement<StagedMonth>(
        "bill_import_staged_months",
        """
        -- Of which months the bills of import $1 are, and whether those are kept.
        -- scan: all of an import is looked at.
        select m.month, exists (
                select from pg_inherits i
                where i.inhrelid = to_regclass('bills_' || to_char(m.month, 'YYYY_MM'))
                    and i.inhparent = 'bills'::regclass) as is_kept
        from (select distinct s.month from staged_bills s where s.import_id = $1) m
        order by m.month
        """)

    static let noteMonths = Command(
        "bill_import_note_months",
        """
        -- The months of import $1 that are kept, in days since 1970: so that they are found again.
        update imports
        set months = array(
            select date '1970-01-01' + d.day::integer from unnest($2::bigint[]) as d (day))
        where import_id = $1
        """)

    static let months = Statement<BilledMonth>(
        "bill_import_months",
        """
        -- The months of import $1.
        select m.month
        from imports i
        cross join lateral unnest(i.months) as m (month)
        where i.import_id = $1
        order by m.month
        """)

    static let unkept = Statement<FoundFault>(
        "bill_import_unkept",
        """
        -- Which lines of import $1 are of months that are not kept: a thousand.
        -- scan: all of an import is looked at.
        select s.line, '#/month' as field, 'month_not_kept' as code,
            count(*) over () as fault_count
        from staged_bills s
        where s.import_id = $1
            and s.month <> all (select unnest(i.months) from imports i where i.import_id = $1)
        order by s.line limit 1000
        """)

    static let faults = Statement<FoundFault>(
        "bill_import_faults",
        """
        -- Which lines of import $1, of month $2, do not fit what is known, but for what their
        -- revisions say: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select s.line, '#/customerCode' as field, 'unknown_customer' as code
            from staged_bills s
            left join customers c on c.customer_code = s.customer_code
            where s.import_id = $1 and s.month = $2 and c.customer_code is null
            union all
            select s.line, '#/customerCode', 'duplicate'
            from (
                select customer_code, period_number, revision
                from staged_bills where import_id = $1 and month = $2
                group by customer_code, period_number, revision
                having count(*) > 1
            ) d
            join staged_bills s on s.import_id = $1 and s.month = $2
                and s.customer_code = d.customer_code and s.period_number = d.period_number
                and s.revision = d.revision
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
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
                or (b.readings::text <> s.readings::text
                    and b.readings::jsonb <> s.readings::jsonb)
                or (b.lines::text <> s.lines::text
                    and b.lines::jsonb <> s.lines::jsonb) as is_other
            from staged_bills s
            -- What is owed tells cheaply which are there.
            join bill_balances n on n.customer_code = s.customer_code and n.month = $2
                and n.period_number = s.period_number and n.kind = s.kind
                and n.revision >= s.revision
            left join bills b on b.customer_code = s.customer_code and b.month = $2
                and b.period_number = s.period_number and b.kind = s.kind
                and b.revision = s.revision
            where s.import_id = $1 and s.month = $2
        ) k
        where k.is_other
        order by k.line limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "bill_import_compare",
        """
        -- What the bills of month $2 in import $1 would change; of messages only when there are
        -- any ($3).
        -- scan: all of an import is looked at.
        select count(*) filter (where n.customer_code is null) as new_count,
            count(*) filter (where n.revision < s.revision and s.status <> 'cancelled')
                as corrected_count,
            count(*) filter (where n.revision < s.revision and s.status = 'cancelled')
                as cancelled_count,
            count(*) filter (where n.revision >= s.revision) as unchanged_count,
            coalesce(sum(s.total), 0)::bigint as total,
            case when $3 then (
                select count(*)
                from staged_bills t
                join followers f on f.customer_code = t.customer_code
                left join bill_balances m on m.customer_code = t.customer_code and m.month = $2
                    and m.period_number = t.period_number and m.kind = t.kind
                where t.import_id = $1 and t.month = $2
                    and (m.revision is null or m.revision < t.revision))
            else 0 end as message_count
        from staged_bills s
        left join bill_balances n on n.customer_code = s.customer_code and n.month = $2
            and n.period_number = s.period_number and n.kind = s.kind
        where s.import_id = $1 and s.month = $2
        """)
}
