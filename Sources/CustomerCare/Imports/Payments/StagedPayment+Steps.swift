import Electricity
import Postgres

extension StagedPayment {
    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        try await link.query(faults, .uuid(found.importId), .text(found.source))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        try await link.query(compare, .uuid(found.importId), .text(found.source)).first
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        let source = Parameter.text(found.source)
        _ = try await link.query(lockBalances, id)
        let instant = Parameter.timestamp(now)
        // First of all: whatever else brings one of these references now waits, or has come before.
        try await link.run(receive, id, source, instant)
        // What is booked is told by the import that brought it.
        try await link.run(book, id, source, instant)
        try await link.run(credit, id, source)
        try await link.run(settle, id, source)
    }

    static let faults = Statement<FoundFault>(
        "payment_import_faults",
        """
        -- Which lines of import $1 of collector $2 do not fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/reference' as field, 'duplicate' as code
            from (
                select line, count(*) over (partition by reference) as times
                from staged_payments where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/month', 'unknown_bill'
            from staged_payments s
            left join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
            where s.import_id = $1 and n.customer_code is null
            union all
            -- A reference is one movement of money, and for ever.
            select s.line, '#/amount', 'reference_conflict'
            from staged_payments s
            join provider_transactions t on t.transaction_reference = s.reference
                and t.provider = $2
            where s.import_id = $1 and t.amount <> s.amount
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "payment_import_compare",
        """
        -- What import $1 of collector $2 would book.
        -- scan: all of an import is looked at.
        select count(*) filter (where t.provider is null) as new_count,
            0::bigint as corrected_count, 0::bigint as cancelled_count,
            count(*) filter (where t.provider is not null) as unchanged_count,
            coalesce(sum(s.amount), 0)::bigint as total, 0::bigint as message_count
        from staged_payments s
        left join provider_transactions t on t.transaction_reference = s.reference
            and t.provider = $2
        where s.import_id = $1
        """)

    static let lockBalances = Statement<RowCount>(
        "payment_import_lock_balances",
        """
        -- How many bills import $1 pays; nobody else does meanwhile.
        -- scan: all of an import is looked at.
        select count(*) as row_count
        from (
            select n.customer_code
            from (
                select distinct customer_code, month, period_number, kind
                from staged_payments where import_id = $1
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
            order by n.customer_code, n.month, n.period_number
            for update of n
        ) locked
        """)

    // Several lines may pay one bill: in their order, each what is left; the rest is credit.

    static let book = Command(
        "payment_import_book",
        """
        -- Each payment that import $1 of collector $2 has brought, at $3: from the collector to the
        -- bill and to the customer, entries that sum to zero.
        -- scan: all of an import is looked at.
        insert into ledger_entries (ledger_transaction_id, entry_number, ledger_account,
            customer_code, month, period_number, bill_kind, amount, cause, booked_at)
        select message_id_of('payment/' || $1::uuid || '/' || p.reference), e.number, e.account,
            case when e.number > 1 then p.customer_code end,
            case when e.number = 2 then p.month end,
            case when e.number = 2 then p.period_number end,
            case when e.number = 2 then nullif(p.kind, 'active') end, e.amount, 'settlement', $3
        from (
            select s.customer_code, s.month, s.period_number, s.kind, s.reference, s.amount,
                greatest(0, least(s.amount, n.billed - n.paid - s.earlier)) as applied
            from (
                select s.customer_code, s.month, s.period_number, s.kind, s.reference, s.amount,
                    (sum(s.amount) over (
                        partition by s.customer_code, s.month, s.period_number, s.kind
                        order by s.line) - s.amount)::bigint as earlier
                from staged_payments s
                join provider_transactions t on t.transaction_reference = s.reference
                    and t.provider = $2 and t.ledger_transaction_id
                        = message_id_of('payment/' || $1::uuid || '/' || s.reference)
                where s.import_id = $1
            ) s
            join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                and n.period_number = s.period_number and n.kind = s.kind
        ) p
        cross join lateral (values
            (1, 'provider:' || $2::text, p.amount), (2, 'bill', - p.applied),
            (3, 'customer_credit', p.applied - p.amount)) as e (number, account, amount)
        where e.amount <> 0
        """)

    static let credit = Command(
        "payment_import_credit",
        """
        -- What import $1 of collector $2 has paid beyond the bills, as the customers' credit.
        -- scan: all of an import is looked at.
        update customers c
        set credit = c.credit + x.surplus
        from (
            select p.customer_code, sum(p.surplus)::bigint as surplus
            from (
                select s.customer_code,
                    sum(s.amount) - greatest(0, least(sum(s.amount), n.billed - n.paid)) as surplus
                from staged_payments s
                join provider_transactions t on t.transaction_reference = s.reference
                    and t.provider = $2 and t.ledger_transaction_id
                        = message_id_of('payment/' || $1::uuid || '/' || s.reference)
                join bill_balances n on n.customer_code = s.customer_code and n.month = s.month
                    and n.period_number = s.period_number and n.kind = s.kind
                where s.import_id = $1
                group by s.customer_code, s.month, s.period_number, s.kind, n.billed, n.paid
            ) p
            group by p.customer_code
        ) x
        where c.customer_code = x.customer_code and x.surplus > 0
        """)

    static let settle = Command(
        "payment_import_settle",
        """
        -- What import $1 of collector $2 has paid of the bills.
        -- scan: all of an import is looked at.
        update bill_balances n
        set paid = least(n.billed, n.paid + p.amount)
        from (
            select s.customer_code, s.month, s.period_number, s.kind,
                sum(s.amount)::bigint as amount
            from staged_payments s
            join provider_transactions t on t.transaction_reference = s.reference
                and t.provider = $2 and t.ledger_transaction_id
                    = message_id_of('payment/' || $1::uuid || '/' || s.reference)
            where s.import_id = $1
            group by s.customer_code, s.month, s.period_number, s.kind
        ) p
        where n.customer_code = p.customer_code and n.month = p.month
            and n.period_number = p.period_number and n.kind = p.kind
        """)

    static let receive = Command(
        "payment_import_receive",
        """
        -- The references of import $1 of collector $2, each once, at $3.
        -- scan: all of an import is looked at.
        insert into provider_transactions (transaction_reference, provider,
            ledger_transaction_id, amount, source, received_at)
        select s.reference, $2, message_id_of('payment/' || $1::uuid || '/' || s.reference),
            s.amount, 'settlement', $3
        from staged_payments s
        where s.import_id = $1
        on conflict do nothing
        """)
}
