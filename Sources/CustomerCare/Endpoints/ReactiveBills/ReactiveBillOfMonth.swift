import Electricity
import JSON
import Postgres

/// What a followed customer pays for reactive power in one month, or why nothing.
///
/// What `GetReactiveBill` and `GetCurrentReactiveBill` have in common.
struct ReactiveBillOfMonth: Row {
    static let columns =
        ["as_of", "contracted_capacity_kw"] + CustomerPricing.columns + ReactiveBill.columns
        + ExplainedBill.columns + ExplainedBill.columns

    let asOf: Instant
    let capacityKW: Int64?
    let pricing: CustomerPricing
    let bill: ReactiveBill?
    let active: ExplainedBill?
    /// The active-energy bill of the month before.
    let before: ExplainedBill?

    init(_ row: inout RowDecoder) throws(RowError) {
        asOf = try row.instant()
        capacityKW = try row.optionalInt32().map(Int64.init)
        pricing = try CustomerPricing(&row)
        bill = try ReactiveBill.optional(&row)
        active = try ExplainedBill.optional(&row)
        before = try ExplainedBill.optional(&row)
    }

    /// Looks the bill up; 404 for a code that the account does not follow.
    static func answer(
        _ code: CustomerCode, _ month: BillingMonth, account: UUID, context: Context
    ) async throws(Problem) -> Answer {
        context.customerCode = code
        let calculator = try context.tariffVersion().calculator
        let found = try await find(code, month, account: account, context: context)
        guard let found else { throw Problem(.notFound) }
        var answer = Answer.object(reserving: 6_144) { json in
            found.write(
                to: &json, code, month, by: calculator, today: context.today, context.language)
        }
        answer.language = context.language
        return answer
    }

    /// Looks the bill up; nil for a code that the account does not follow.
    static func find(
        _ code: CustomerCode, _ month: BillingMonth, account: UUID, context: Context
    ) async throws(Problem) -> ReactiveBillOfMonth? {
        try await context.database.queryOne(
            statement, .uuid(account), .text(code.text), .month(month),
            .month(month.advanced(byMonths: -1)))
    }

    /// Whether this customer pays nothing, whatever is metered.
    func isExempt(in month: BillingMonth, by calculator: BillCalculator) -> Bool {
        always(table(month, in: calculator.book)) != nil
    }

    /// The members of the answer.
    func write(
        to json: inout JSONWriter, _ code: CustomerCode, _ month: BillingMonth,
        by calculator: BillCalculator, today: LocalDate, _ language: Language
    ) {
        json.field("customerCode", code.text)
        json.field("month", month)
        writeBill(to: &json, month, by: calculator, today: today, language)
        json.field("asOf", asOf)
    }

    private func writeBill(
        to json: inout JSONWriter, _ month: BillingMonth, by calculator: BillCalculator,
        today: LocalDate, _ language: Language
    ) {
        let table = table(month, in: calculator.book)
        var calculation: ReactiveCalculation?
        var calculationReason: String?
        if let bill {
            do {
                calculation = try ReactiveCalculation(
                    bill, active: active, before: before, pricing, capacityKW: capacityKW,
                    by: calculator)
            } catch {
                calculationReason = error.code
            }
        }
        let always = always(table)
        let exemption = calculation.map(\.charge.exemption) ?? always ?? idle
        let isKnown = calculation != nil || exemption != nil
        json.field("applicable", isKnown ? exemption == nil : nil)
        json.field("exemption", exemption?.rawValue)
        if let exemption, exemption != .noTable {
            json.rawField("rule", BillingRule.reactiveScope.encoded(in: language))
        } else {
            json.nullField("rule")
        }
        json.field("thresholdKW", table?.thresholdKW)
        json.field("contractedCapacityKW", capacityKW)
        if let bill {
            json.field("bill") { bill.write(to: &$0) }
            json.nullField("reason")
        } else {
            json.nullField("bill")
            let reason = BillOfMonth.reason(month, today: today).rawValue
            json.field("reason", always == nil ? reason : "not_applicable")
        }
        if let calculation {
            json.field("calculation") { calculation.write(to: &$0, language) }
        } else {
            json.nullField("calculation")
        }
        json.field("calculationReason", calculationReason)
        if let calculation {
            json.field("reconciliation") { calculation.writeReconciliation(to: &$0) }
        } else {
            json.nullField("reconciliation")
        }
    }

    /// The table of the day on which the period ends; of a month without a bill, of its last day.
    private func table(_ month: BillingMonth, in book: TariffBook) -> ReactiveTable? {
        let lastDay = month.firstDay.advanced(byDays: month.dayCount - 1)
        return book.reactiveTable(on: bill?.bill.periodEnd ?? lastDay)
    }

    /// Why this customer pays nothing, whatever is metered.
    private func always(_ table: ReactiveTable?) -> ReactiveExemption? {
        guard let table else { return .noTable }
        return table.exemption(of: pricing.purpose, capacityKW: capacityKW)
    }

    /// Nothing metered is nothing to pay, even when it cannot be told at which prices.
    private var idle: ReactiveExemption? { bill?.isIdle == true ? .noEnergy : nil }

    static let statement = Statement<ReactiveBillOfMonth>(
        "get_reactive_bill",
        """
        -- One row when account $1 follows code $2: the newest reactive bill of month $3, and the
        -- active-energy bills of the same period and of the month before, $4, or nulls.
        select c.as_of, c.contracted_capacity_kw, c.usage_purpose, c.household_count,
            r.month, r.period_number, r.revision, r.status, r.invoice_id, r.period_start,
            r.period_end, r.consumption_kwh, r.amount_excluding_vat, r.vat_rate_basis_points,
            r.vat, r.total, r.issued_on, r.due_on, n.paid, n.pending, r.readings, r.lines,
            b.revision, b.status, b.invoice_id, b.period_start, b.period_end,
            b.consumption_kwh, b.amount_excluding_vat, b.vat, b.total, b.readings, b.lines,
            p.revision, p.status, p.invoice_id, p.period_start, p.period_end,
            p.consumption_kwh, p.amount_excluding_vat, p.vat, p.total, p.readings, p.lines
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select e.month, e.period_number, e.revision, e.status, e.invoice_id, e.period_start,
                e.period_end, e.consumption_kwh, e.amount_excluding_vat,
                e.vat_rate_basis_points, e.vat, e.total, e.issued_on, e.due_on, e.readings,
                e.lines
            from bills e
            where e.customer_code = f.customer_code and e.month = $3 and e.kind = 'reactive'
            order by e.period_number desc, e.revision desc
            limit 1
        ) r on true
        left join bill_balances n on n.customer_code = f.customer_code and n.month = $3
            and n.period_number = r.period_number and n.kind = 'reactive'
        left join lateral (
            select e.revision, e.status, e.invoice_id, e.period_start, e.period_end,
                e.consumption_kwh, e.amount_excluding_vat, e.vat, e.total, e.readings, e.lines
            from bills e
            where e.customer_code = f.customer_code and e.month = $3 and e.kind = 'active'
                and e.period_number = r.period_number
            order by e.revision desc
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
