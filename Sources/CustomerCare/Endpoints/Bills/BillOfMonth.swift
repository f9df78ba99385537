import Electricity
import JSON
import Postgres

/// The bill of one month of one followed code, or the reason why there is none.
///
/// What `GetBill` and `GetCurrentBill` have in common; the latter knows more of the customer.
struct BillOfMonth: Row {
    static let columns = ["as_of", "next_reading_on"] + Bill.columns + BillDetails.columns

    let asOf: Instant
    /// By the schedule of the code or of its route book where one knows a day that is not over,
    /// else as the billing system has told it of the customer (docs/decisions/0025).
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
        let found = try await find(code, month, account: account, context: context)
        guard let found else { throw Problem(.notFound) }
        return .object(reserving: 2_048) { json in
            found.write(to: &json, code, month, today: context.today)
        }
    }

    /// Looks the bill up; nil for a code that the account does not follow.
    static func find(
        _ code: CustomerCode, _ month: BillingMonth, account: UUID, context: Context
    ) async throws(Problem) -> BillOfMonth? {
        try await context.database.queryOne(
            statement, .uuid(account), .text(code.text), .month(month), .date(context.today))
    }

    /// The members of the answer.
    func write(
        to json: inout JSONWriter, _ code: CustomerCode, _ month: BillingMonth, today: LocalDate
    ) {
        json.field("customerCode", code.text)
        json.field("month", month)
        if let bill {
            json.field("bill") { bill.write(to: &$0, details: details) }
            json.nullField("reason")
        } else {
            json.nullField("bill")
            json.field("reason", BillOfMonth.reason(month, today: today).rawValue)
        }
        json.field("nextReadingDate", nextReadingOn)
        json.field("asOf", asOf)
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
        -- One row when account $1 follows code $2: the newest bill of month $3, or nulls; with the
        -- next reading day from $4 on.
        select c.as_of,
            coalesce(d.days[1 + width_bucket($4::date - 1, d.days)], c.next_reading_on)
                as next_reading_on,
            b.month, b.period_number, b.revision, b.status, b.invoice_id, b.period_start,
            b.period_end, b.consumption_kwh, b.amount_excluding_vat, b.vat_rate_basis_points,
            b.vat, b.total, b.issued_on, b.due_on, n.paid, n.pending, b.readings, b.lines
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join reading_days d on d.customer_code = f.customer_code
        left join lateral (
            select e.month, e.period_number, e.revision, e.status, e.invoice_id, e.period_start,
                e.period_end, e.consumption_kwh, e.amount_excluding_vat,
                e.vat_rate_basis_points, e.vat, e.total, e.issued_on, e.due_on, e.readings,
                e.lines
            from bills e
            where e.customer_code = f.customer_code and e.month = $3 and e.kind = 'active'
            order by e.period_number desc, e.revision desc
            limit 1
        ) b on true
        left join bill_balances n on n.customer_code = f.customer_code and n.month = $3
            and n.period_number = b.period_number and n.kind = 'active'
        where f.customer_code = $2 and f.account_id = $1
        """)
}
