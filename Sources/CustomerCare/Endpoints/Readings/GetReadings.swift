import Electricity
import JSON
import Postgres

/// Shows what was read of a followed customer's meters in a month, before there is a bill of it
/// (Chỉ số công tơ).
struct GetReadings: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/readings")

    let account: UUID
    let customerCode: CustomerCode
    let month: BillingMonth?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        month = try arguments.queryMonth("month")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let month = month ?? context.today.month
        let rows = try await context.database.query(
            GetReadings.statement, .uuid(account), .text(customerCode.text), .month(month))
        guard let asOf = rows.first?.customerAsOf else { throw Problem(.notFound) }
        let readings = rows.compactMap(\.reading)
        return .object(reserving: 1_024) { json in
            json.field("customerCode", customerCode.text)
            json.field("month", month)
            json.list("readings") { json in
                for reading in readings { json.element(reading.write) }
            }
            let reason = GetReadings.reason(month, today: context.today)
            json.field("reason", readings.isEmpty ? reason : nil)
            json.field("asOf", readings.map(\.asOf).max() ?? asOf)
        }
    }

    /// Why nothing was read.
    private static func reason(_ month: BillingMonth, today: LocalDate) -> String {
        if month > today.month { return "future_month" }
        return month == today.month ? "not_read_yet" : "no_reading"
    }

    /// A reading, or the sign that a followed code has none.
    struct Found: Row {
        static let columns = ["customer_as_of"] + MeterReading.columns

        let customerAsOf: Instant
        let reading: MeterReading?

        init(_ row: inout RowDecoder) throws(RowError) {
            customerAsOf = try row.instant()
            if try row.isNull() {
                for _ in MeterReading.columns { try row.skip() }
                reading = nil
            } else {
                reading = try MeterReading(&row)
            }
        }
    }

    static let statement = Statement<Found>(
        "get_readings",
        """
        -- One row for each reading of month $3 of code $2; one row of nulls when there is none; no
        -- row when account $1 does not follow the code.
        select c.as_of as customer_as_of, r.period_number::integer as period_number,
            r.meter_serial_number, r.register, r.opening_reading_thousandths,
            r.closing_reading_thousandths, r.multiplier_thousandths, r.consumption_kwh,
            r.is_estimated, r.meter_event, r.read_on, r.as_of
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join readings r on r.customer_code = f.customer_code and r.month = $3
        where f.customer_code = $2 and f.account_id = $1
        order by r.period_number, r.read_on, r.meter_serial_number, r.register
        """)
}

/// What was read of one register of one meter.
struct MeterReading: Row {
    static let columns = [
        "period_number", "meter_serial_number", "register", "opening_reading_thousandths",
        "closing_reading_thousandths", "multiplier_thousandths", "consumption_kwh",
        "is_estimated", "meter_event", "read_on", "as_of",
    ]

    let periodNumber: Int
    let meterSerialNumber: String
    let register: Register
    /// Thousandths, as the multiplier.
    let openingReading: Int64
    let closingReading: Int64
    let multiplier: Int64
    let consumptionKWh: Int64
    let isEstimated: Bool
    let meterEvent: String?
    let readOn: LocalDate
    let asOf: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        periodNumber = Int(try row.int32())
        meterSerialNumber = try row.string()
        register = try row.word(Register.self)
        openingReading = try row.int64()
        closingReading = try row.int64()
        multiplier = try row.int64()
        consumptionKWh = try row.int64()
        isEstimated = try row.bool()
        meterEvent = try row.optionalString()
        readOn = try row.localDate()
        asOf = try row.instant()
    }

    func write(to json: inout JSONWriter) {
        json.field("periodNumber", periodNumber)
        json.field("meterSerialNumber", meterSerialNumber)
        json.field("register", register.rawValue)
        json.field("openingReading", decimal: openingReading, scale: 3)
        json.field("closingReading", decimal: closingReading, scale: 3)
        json.field("multiplier", decimal: multiplier, scale: 3)
        json.field("consumptionKWh", consumptionKWh)
        json.field("isEstimated", isEstimated)
        json.field("meterEvent", meterEvent)
        json.field("readOn", readOn)
        json.field("asOf", asOf)
    }
}
