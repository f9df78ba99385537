import Electricity
import JSON
import Postgres

/// Shows what a followed customer used month by month (Sản lượng điện các tháng).
struct GetConsumption: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/consumption")

    /// Months of a range at most, and when no beginning is named.
    static let longestRange = 36
    static let usualRange = 12

    let account: UUID
    let customerCode: CustomerCode
    let from: BillingMonth?
    let to: BillingMonth?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        var wrong: [Problem.FieldError] = []
        func month(_ name: String) -> BillingMonth? {
            do {
                return try arguments.queryMonth(name)
            } catch {
                wrong += error.errors
                return nil
            }
        }
        from = month("from")
        to = month("to")
        if let from, let to {
            if from > to {
                wrong += GetConsumption.refused(
                    Wording("“from” phải không sau “to”.", "“from” must not be after “to”."))
            } else if GetConsumption.isTooLong(from, to) {
                wrong += GetConsumption.refused(GetConsumption.tooLong)
            }
        }
        if !wrong.isEmpty { throw Problem(invalid: wrong) }
    }

    private static let tooLong = Wording(
        "Tối đa \(longestRange) tháng.", "At most \(longestRange) months.")

    private static func isTooLong(_ first: BillingMonth, _ last: BillingMonth) -> Bool {
        first < last.advanced(byMonths: 1 - longestRange)
    }

    private static func refused(_ wording: Wording) -> [Problem.FieldError] {
        Problem(parameter: "from", .outOfRange, wording).errors
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let last = to ?? max(context.today.month, from ?? context.today.month)
        let first = from ?? last.advanced(byMonths: 1 - GetConsumption.usualRange)
        // Only today tells how long a range without an end is.
        if GetConsumption.isTooLong(first, last) {
            throw Problem(invalid: GetConsumption.refused(GetConsumption.tooLong))
        }
        let rows = try await context.database.query(
            GetConsumption.statement, .uuid(account), .text(customerCode.text), .month(first),
            .month(last))
        guard let asOf = rows.first?.asOf else { throw Problem(.notFound) }
        let periods = rows.compactMap(\.period)
        let uses = MonthlyUse.months(periods.compactMap(\.use))
        return .object(reserving: 4_096) { json in
            json.field("customerCode", customerCode.text)
            json.field("from", first)
            json.field("to", last)
            json.list("items") { json in
                for month in GetConsumption.months(first, last) {
                    let use = uses.first { $0.month == month }
                    let isCancelled = periods.contains { $0.month == month }
                    json.element { json in
                        json.field("month", month)
                        let reason =
                            isCancelled
                            ? "cancelled"
                            : BillOfMonth.reason(month, today: context.today).rawValue
                        json.field("reason", use == nil ? reason : nil)
                        GetConsumption.write(use, to: &json)
                    }
                }
            }
            json.field("asOf", asOf)
        }
    }

    private static func months(_ first: BillingMonth, _ last: BillingMonth) -> [BillingMonth] {
        var months = [first]
        while let month = months.last, month < last { months.append(month.advanced(byMonths: 1)) }
        return months
    }

    private static func write(_ use: MonthlyUse?, to json: inout JSONWriter) {
        json.field("periodStart", use?.firstDay)
        json.field("periodEnd", use?.lastDay)
        json.field("days", use?.use.dayCount)
        json.field("consumptionKWh", use?.use.kWh)
        if let use {
            json.field("kWhPerDay", decimal: use.use.hundredths, scale: 2)
        } else {
            json.nullField("kWhPerDay")
        }
        json.field("isEstimated", use?.isEstimated)
    }

    /// A billing period of the range, or the sign that a followed code has none.
    struct Found: Row {
        static let columns = ["as_of"] + BilledPeriod.columns

        let asOf: Instant
        let period: BilledPeriod?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            period = try BilledPeriod.optional(&row)
        }
    }

    static let statement = Statement<Found>(
        "get_consumption",
        """
        -- One row per billing period of code $2 in months $3 to $4, oldest first; one row of nulls
        -- when there is none; no row when account $1 does not follow the code.
        select c.as_of, p.month, p.status, p.period_start, p.period_end, p.consumption_kwh,
            p.is_estimated
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select b.month, b.period_number, b.status, b.period_start, b.period_end,
                b.consumption_kwh, exists (
                    select from json_array_elements(b.readings) r
                    where r.value ->> 'isEstimated' = 'true'
                ) as is_estimated
            from bill_balances n
            join bills b on b.customer_code = n.customer_code and b.month = n.month
                and b.period_number = n.period_number and b.kind = n.kind
                and b.revision = n.revision and b.month >= $3 and b.month <= $4
            where n.customer_code = f.customer_code and n.kind = 'active' and n.month >= $3
                and n.month <= $4
        ) p on true
        where f.customer_code = $2 and f.account_id = $1
        order by p.month, p.period_number
        """)
}
