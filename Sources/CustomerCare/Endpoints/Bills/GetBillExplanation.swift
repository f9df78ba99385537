import Electricity
import JSON
import Postgres

/// Recomputes the bill of a month and says why it differs from the one before (Giải thích tiền
/// điện).
struct GetBillExplanation: Endpoint {
    static let route = Route.get(
        "/v1/accounts/{account}/customers/{customerCode}/bills/{month}/explanation")

    let account: UUID
    let customerCode: CustomerCode
    let month: BillingMonth

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        month = try arguments.month()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let calculator = try context.tariffVersion().calculator
        let found = try await context.database.queryOne(
            GetBillExplanation.statement, .uuid(account), .text(customerCode.text), .month(month),
            .month(month.advanced(byMonths: -1)))
        guard let found else { throw Problem(.notFound) }
        var explained: Explained?
        var reason: String?
        if found.bill == nil {
            reason = BillOfMonth.reason(month, today: context.today).rawValue
        } else {
            do {
                explained = try found.explained(by: calculator)
            } catch {
                reason = error.rawValue
            }
        }
        var answer = Answer.object(reserving: 8_192) { json in
            json.field("customerCode", customerCode.text)
            json.field("month", month)
            if let explained {
                json.field("explanation") {
                    explained.writeExplanation(to: &$0, context.language)
                }
                explained.writeComparisons(to: &json, of: month)
            } else {
                json.nullField("explanation")
                json.nullField("reconciliation")
                json.nullField("change")
                json.nullField("changeReason")
            }
            json.field("reason", reason)
            json.field("asOf", found.asOf)
        }
        answer.language = context.language
        return answer
    }

    /// A customer's bill of the month and of the one before.
    struct Found: Row {
        static let columns =
            ["as_of"] + CustomerPricing.columns + ExplainedBill.columns + ExplainedBill.columns

        let asOf: Instant
        let pricing: CustomerPricing
        let bill: ExplainedBill?
        let previous: ExplainedBill?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            pricing = try CustomerPricing(&row)
            bill = try ExplainedBill.optional(&row)
            previous = try ExplainedBill.optional(&row)
        }
    }

    static let statement = Statement<Found>(
        "get_bill_explanation",
        """
        -- One row when account $1 follows code $2: the newest bills of month $3 and of the month
        -- before, $4, or nulls.
        select c.as_of, c.usage_purpose, c.household_count,
            b.revision, b.status, b.invoice_id, b.period_start, b.period_end,
            b.consumption_kwh, b.amount_excluding_vat, b.vat, b.total, b.readings, b.lines,
            p.revision, p.status, p.invoice_id, p.period_start, p.period_end,
            p.consumption_kwh, p.amount_excluding_vat, p.vat, p.total, p.readings, p.lines
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select e.revision, e.status, e.invoice_id, e.period_start, e.period_end,
                e.consumption_kwh, e.amount_excluding_vat, e.vat, e.total, e.readings, e.lines
            from bills e
            where e.customer_code = f.customer_code and e.month = $3 and e.kind = 'active'
            order by e.period_number desc, e.revision desc
            limit 1
        ) b on true
        left join lateral (
            select e.revision, e.status, e.invoice_id, e.period_start, e.period_end,
                e.consumption_kwh, e.amount_excluding_vat, e.vat, e.total, e.readings, e.lines
            from bills e
            where e.customer_code = f.customer_code and e.month = $4 and e.kind = 'active'
            order by e.period_number desc, e.revision desc
            limit 1
        ) p on true
        where f.customer_code = $2 and f.account_id = $1
        """)
}
