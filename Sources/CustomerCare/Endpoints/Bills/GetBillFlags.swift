import Electricity
import JSON
import Postgres

/// Tells what is conspicuous about the bill of a month, with the figures behind it.
///
/// A look-up of its own, so that the bill itself stays one row.
struct GetBillFlags: Endpoint {
    static let route = Route.get(
        "/v1/accounts/{account}/customers/{customerCode}/bills/{month}/flags")

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
        let rows = try await context.database.query(
            GetBillFlags.statement, .uuid(account), .text(customerCode.text), .month(month),
            .month(month.advanced(byMonths: -12)))
        guard let asOf = rows.first?.asOf else { throw Problem(.notFound) }
        let uses = MonthlyUse.months(rows.compactMap(\.period?.use))
        let use = uses.first { $0.month == month }
        let isCancelled = rows.contains { $0.period?.month == month } && use == nil
        let reason =
            isCancelled ? "cancelled" : BillOfMonth.reason(month, today: context.today).rawValue
        return .object(reserving: 1_024) { json in
            json.field("customerCode", customerCode.text)
            json.field("month", month)
            if let use {
                json.list("flags") { json in
                    for flag in UseFlag.flags(of: use, history: uses) {
                        json.element { flag.write(to: &$0) }
                    }
                    for reading in rows.flatMap(\.readings) { reading.writeFlags(to: &json) }
                }
                json.nullField("reason")
            } else {
                json.nullField("flags")
                json.field("reason", reason)
            }
            json.field("asOf", asOf)
        }
    }

    /// A billing period, with the readings of the month that is asked for, or the sign that a
    /// followed code has none.
    struct Found: Row {
        static let columns = ["as_of"] + BilledPeriod.columns + ["readings"]

        let asOf: Instant
        let period: BilledPeriod?
        let readings: [FlaggedReading]

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            period = try BilledPeriod.optional(&row)
            guard let text = try row.optionalUTF8(), period?.use != nil,
                // What is no reading of the contract has nothing to flag.
                case .array(let values)? = try? JSONValue.parse(text)
            else {
                readings = []
                return
            }
            readings = values.compactMap(FlaggedReading.init)
        }
    }

    static let statement = Statement<Found>(
        "get_bill_flags",
        """
        -- One row per billing period of code $2 in months $4 to $3, oldest first, the readings of
        -- month $3 with it; one row of nulls when there is none; no row when account $1 does not
        -- follow the code.
        select c.as_of, p.month, p.status, p.period_start, p.period_end, p.consumption_kwh,
            p.is_estimated, p.readings
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select b.month, b.period_number, b.status, b.period_start, b.period_end,
                b.consumption_kwh, false as is_estimated,
                case when b.month = $3 then b.readings end as readings
            from bill_balances n
            join bills b on b.customer_code = n.customer_code and b.month = n.month
                and b.period_number = n.period_number and b.kind = n.kind
                and b.revision = n.revision and b.month >= $4 and b.month <= $3
            where n.customer_code = f.customer_code and n.kind = 'active' and n.month >= $4
                and n.month <= $3
        ) p on true
        where f.customer_code = $2 and f.account_id = $1
        order by p.month, p.period_number
        """)
}

/// A reading as far as flags are concerned.
struct FlaggedReading {
    private let serialNumber: String
    private let register: String
    private let opening: Int64
    private let closing: Int64
    private let isEstimated: Bool

    /// A reading as the contract tells it, or nil.
    init?(_ value: JSONValue) {
        guard case .string(let serialNumber)? = value.member("meterSerialNumber"),
            case .string(let register)? = value.member("register"),
            case .boolean(let isEstimated)? = value.member("isEstimated"),
            let opening = value.wholeNumber("openingReading"),
            let closing = value.wholeNumber("closingReading")
        else { return nil }
        self.serialNumber = serialNumber
        self.register = register
        self.opening = opening
        self.closing = closing
        self.isEstimated = isEstimated
    }

    /// An element for each flag of the reading.
    func writeFlags(to list: inout JSONWriter) {
        if closing < opening { list.element { write("reading_below_previous", to: &$0) } }
        if isEstimated { list.element { write("estimated_reading", to: &$0) } }
    }

    private func write(_ flag: String, to json: inout JSONWriter) {
        json.field("flag", flag)
        json.field("meterSerialNumber", serialNumber)
        json.field("register", register)
        json.field("openingReading", opening)
        json.field("closingReading", closing)
    }
}

extension UseFlag {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .rise(let comparison, let use, let compared, let percent):
            json.field("flag", "rise_over_30_percent")
            json.field("comparedWith", comparison.rawValue)
            json.field("kWhPerDay", decimal: use.hundredths, scale: 2)
            json.field("comparedKWhPerDay", decimal: compared.hundredths, scale: 2)
            json.field("changePercent", percent)
        case .zeroUse(let usual):
            json.field("flag", "zero_use")
            if let usual {
                json.field("usualKWhPerDay", decimal: usual.hundredths, scale: 2)
            } else {
                json.nullField("usualKWhPerDay")
            }
        }
    }
}
