import Electricity
import JSON
import Postgres

/// Shows what the running period will probably come to (Dự báo tiền điện).
struct GetForecast: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/forecast")

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    /// Months of history: a year and what last year's season is compared with.
    private static let historyMonths = 16

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let calculator = try context.tariffVersion().calculator
        let today = context.today
        let rows = try await context.database.query(
            GetForecast.statement, .uuid(account), .text(customerCode.text),
            .month(today.month.advanced(byMonths: -GetForecast.historyMonths)),
            .month(today.month.advanced(byMonths: 1)), .date(today))
        guard let first = rows.first else { throw Problem(.notFound) }
        let history = MonthlyUse.months(rows.compactMap(\.period?.use))
        let period = RunningPeriod(
            after: history, nextReadingOn: first.nextReadingOn, today: today)
        let forecast = period.flatMap { period in
            UseForecast(of: period.month, days: period.days, history: history)
        }
        return .object(reserving: 1_024) { json in
            json.field("customerCode", customerCode.text)
            period.write(to: &json)
            if let period, let forecast {
                let prices = first.pricing.prices(by: calculator, today: today)
                json.field("forecast") { forecast.write(to: &$0, period, prices) }
                json.nullField("reason")
            } else {
                json.nullField("forecast")
                json.field("reason", "insufficient_data")
            }
            json.field("asOf", first.asOf)
        }
    }

    /// A billing period of the history, or the sign that a followed code has none.
    struct Found: Row {
        static let columns =
            ["as_of", "next_reading_on"] + CustomerPricing.columns + BilledPeriod.columns

        let asOf: Instant
        let nextReadingOn: LocalDate?
        let pricing: CustomerPricing
        let period: BilledPeriod?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            nextReadingOn = try row.optionalLocalDate()
            pricing = try CustomerPricing(&row)
            period = try BilledPeriod.optional(&row)
        }
    }

    static let statement = Statement<Found>(
        "get_forecast",
        """
        -- One row per billing period of code $2 from month $3 until before $4, oldest first; one
        -- row of nulls when there is none; no row when account $1 does not follow the code. With
        -- the next reading day from $5 on.
        select c.as_of,
            coalesce(d.days[1 + width_bucket($5::date - 1, d.days)], c.next_reading_on)
                as next_reading_on,
            c.usage_purpose, c.household_count, p.month, p.status,
            p.period_start, p.period_end, p.consumption_kwh, p.is_estimated
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join reading_days d on d.customer_code = f.customer_code
        left join lateral (
            select b.month, b.period_number, b.status, b.period_start, b.period_end,
                b.consumption_kwh, false as is_estimated
            from bill_balances n
            join bills b on b.customer_code = n.customer_code and b.month = n.month
                and b.period_number = n.period_number and b.kind = n.kind
                and b.revision = n.revision and b.month >= $3 and b.month < $4
            where n.customer_code = f.customer_code and n.kind = 'active' and n.month >= $3
                and n.month < $4
        ) p on true
        where f.customer_code = $2 and f.account_id = $1
        order by p.month, p.period_number
        """)
}

/// The period from the last reading to the next.
private struct RunningPeriod {
    let month: BillingMonth
    let first: LocalDate
    let last: LocalDate
    /// Days of it that are over, today counted.
    let daysElapsed: Int

    var days: Int { first.dayCount(through: last) }

    /// Days after which a last reading says nothing of what runs now.
    private static let longest = 62

    /// nil when nothing was read lately.
    init?(after history: [MonthlyUse], nextReadingOn: LocalDate?, today: LocalDate) {
        guard let newest = history.last else { return nil }
        let first = newest.lastDay.advanced(byDays: 1)
        self.first = first
        month = newest.month.advanced(byMonths: 1)
        let elapsed = first.dayCount(through: today)
        guard elapsed <= RunningPeriod.longest else { return nil }
        let usual = first.advanced(byDays: newest.use.dayCount - 1)
        let expected = nextReadingOn.flatMap { $0 >= first ? $0 : nil } ?? usual
        last = min(max(expected, today), first.advanced(byDays: RunningPeriod.longest - 1))
        daysElapsed = max(0, elapsed)
    }
}

extension RunningPeriod? {
    fileprivate func write(to json: inout JSONWriter) {
        if let period = self {
            json.field("month", period.month)
        } else {
            json.nullField("month")
        }
        json.field("periodStart", self?.first)
        json.field("expectedPeriodEnd", self?.last)
        json.field("days", self?.days)
        json.field("daysElapsed", self?.daysElapsed)
    }
}

extension CustomerPricing {
    /// What so many kWh of a period come to with VAT, in VND; nil where purpose and voltage are
    /// not known, as outside homes, or no tariff takes the period.
    fileprivate func prices(
        by calculator: BillCalculator, today: LocalDate
    ) -> (_ kWh: Int64, _ period: RunningPeriod) -> Int64? {
        { kWh, period in
            guard purpose == .residential else { return nil }
            let input = CalculationInput(
                from: period.first, to: period.last, energy: .period(.total(kWh)),
                households: Households(count: max(1, householdCount)))
            // What cannot be computed is told as null.
            return (try? calculator.calculate(input, today: today))?.total
        }
    }
}

extension UseForecast {
    fileprivate func write(
        to json: inout JSONWriter, _ period: RunningPeriod,
        _ price: (Int64, RunningPeriod) -> Int64?
    ) {
        for (name, kWh) in [("low", low), ("middle", middle), ("high", high)] {
            json.field(name) { json in
                json.field("consumptionKWh", kWh)
                json.field("total", price(kWh, period))
            }
        }
        json.field("basedOnMonths", monthCount)
        json.field("isSeasonal", isSeasonal)
    }
}
