import Electricity
import JSON
import Postgres

/// The bill of one month of one followed code, or the reason why there is none.
///
/// What `GetBill` and `GetCurrentBill` have in common: they differ in how the month is named.
struct BillOfMonth: Row {
    static let columns = ["as_of", "next_reading_on"] + Bill.columns + BillDetails.columns

    let asOf: Instant
    let nextReadingOn: LocalDate?
    let bill: Bill?
    let details: BillDetails?

    init(_ row: inout RowDecoder) throws(RowError) {
        asOf = try row.instant()
        nextReadingOn = try row.optionalLocalDate()
        bill = try Bill.optional(&row)
        if bill == nil {
            for _ in BillDetails.columns { try row.skip() }
            details = nil
        } else {
            details = try BillDetails(&row)
        }
    }

    /// Looks the bill up; 404 for a code that the account does not follow.
    static func answer(
        _ code: CustomerCode, _ month: BillingMonth, account: UUID, context: Context
    ) async throws(Problem) -> Answer {
        context.customerCode = code
        let found = try await context.database.queryOne(
            statement, .uuid(account), .text(code.text), .month(month))
        guard let found else { throw Problem(.notFound) }
        return .object(reserving: 2_048) { json in
            json.field("customerCode", code.text)
            json.field("month", month.description)
            if let bill = found.bill {
                json.field("bill") { bill.write(to: &$0, details: found.details) }
                json.nullField("reason")
            } else {
                json.nullField("bill")
                json.field("reason", reason(month, today: context.today).rawValue)
            }
            json.field("nextReadingDate", found.nextReadingOn?.description)
            json.field("asOf", found.asOf.description)
        }
    }

    /// Why a month has no bill.
    enum Reason: String {
        case notIssuedYet = "not_issued_yet"
        case noBill = "no_bill"
        case futureMonth = "future_month"
    }

    static func reason(_ month: BillingMonth, today: LocalDate) -> Reason {
        if month > today.month { return .futureMonth }
        return month == today.month ? .notIssuedYet : .noBill
    }

    static let statement = Statement<BillOfMonth>(
        "get_bill",
        """
        -- One row when account $1 follows code $2: the newest bill of month $3, or nulls.
        select c.as_of, c.next_reading_on,
            b.month, b.period_number, b.revision, b.status, b.invoice_id, b.period_start,
            b.period_end, b.consumption_kwh, b.amount_excluding_vat, b.vat_rate_basis_points,
            b.vat, b.total, b.issued_on, b.due_on, n.paid, n.pending,
            r.meter_serial_numbers, r.reading_registers, r.opening_readings, r.closing_readings,
            r.multipliers, r.reading_kwh, r.reading_estimates,
            l.line_tiers, l.line_registers, l.line_kwh, l.line_prices, l.line_amounts
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join bill_balances n on n.customer_code = f.customer_code and n.month = $3
            and n.kind = 'active'
        left join bills b on b.customer_code = n.customer_code and b.month = $3
            and b.period_number = n.period_number and b.kind = 'active'
            and b.revision = n.revision
        left join lateral (
            select array_agg(d.meter_serial_number order by d.reading_number)
                    as meter_serial_numbers,
                array_agg(d.register order by d.reading_number) as reading_registers,
                array_agg(d.opening_reading order by d.reading_number) as opening_readings,
                array_agg(d.closing_reading order by d.reading_number) as closing_readings,
                array_agg(d.multiplier::bigint order by d.reading_number) as multipliers,
                array_agg(d.consumption_kwh order by d.reading_number) as reading_kwh,
                array_agg(d.is_estimated::int::bigint order by d.reading_number)
                    as reading_estimates
            from readings d
            where d.customer_code = b.customer_code and d.month = $3
                and d.period_number = b.period_number and d.kind = 'active'
                and d.revision = b.revision
        ) r on b.month is not null
        left join lateral (
            select array_agg(coalesce(e.tier, 0)::bigint order by e.line_number) as line_tiers,
                array_agg(coalesce(e.register, '') order by e.line_number) as line_registers,
                array_agg(e.quantity_kwh order by e.line_number) as line_kwh,
                array_agg(e.unit_price order by e.line_number) as line_prices,
                array_agg(e.amount order by e.line_number) as line_amounts
            from bill_lines e
            where e.customer_code = b.customer_code and e.month = $3
                and e.period_number = b.period_number and e.kind = 'active'
                and e.revision = b.revision
        ) l on b.month is not null
        where f.customer_code = $2 and f.account_id = $1
        order by n.period_number desc
        limit 1
        """)
}
