import Electricity
import JSON
import Postgres

/// Lists codes of a unit that have no bill though their reading day was some days ago: what the
/// billing system has left out, or an import has not brought.
///
/// Where the meter was read, it is the bill that is missing.
struct ListBillingGaps: Endpoint {
    static let route = Route.get("/v1/staff/billing-gaps").requiring(.staff)

    private static let pageSize = 50
    /// Days after the reading by which a bill is expected.
    private static let usualDays = 5

    let unit: String
    let month: BillingMonth?
    let days: Int
    let limit: Int
    /// Codes behind this one.
    let after: CustomerCode?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        guard let unit = try arguments.queryUnit() else {
            throw Problem(parameter: "unit", .missing)
        }
        self.unit = unit
        month = try arguments.queryMonth("month")
        days = try arguments.queryInteger("days", in: 0...60) ?? ListBillingGaps.usualDays
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListBillingGaps.pageSize
        let cursor = try arguments.queryText("cursor")
        after = cursor.flatMap { CustomerCode(exact: $0) }
        if cursor != nil, after == nil { throw Problem(parameter: "cursor", .wrongFormat) }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let month = month ?? context.today.month
        let latest = context.today.advanced(byDays: -days)
        let found = try await context.database.query(
            ListBillingGaps.statement, .text(unit), .text(unit + "Z"), .month(month),
            .date(latest), .text(after?.text ?? ""), .int64(Int64(limit + 1)))
        let next = found.count > limit ? found[limit - 1].customerCode.text : nil
        var answer = Answer.object(reserving: 4_096) { json in
            json.field("unit", unit)
            json.field("month", month)
            json.list("items") { json in
                for gap in found.prefix(limit) {
                    json.element { gap.write(to: &$0, today: context.today) }
                }
            }
            json.field("next", next)
        }
        if let next {
            answer.nextPage =
                "/v1/staff/billing-gaps?unit=\(unit)&month=\(month)&days=\(days)&limit=\(limit)"
                + "&cursor=\(next)"
        }
        return answer
    }

    /// A code without a bill.
    struct Gap: Row {
        static let columns = ["customer_code", "route_book", "reading_on", "read_on"]
        let customerCode: CustomerCode
        let routeBook: String
        let readingOn: LocalDate
        /// When the meter was read; nil when no reading has come.
        let readOn: LocalDate?

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCode = try row.customerCode()
            routeBook = try row.string()
            readingOn = try row.localDate()
            readOn = try row.optionalLocalDate()
        }

        func write(to json: inout JSONWriter, today: LocalDate) {
            json.field("customerCode", customerCode.text)
            json.field("routeBook", routeBook)
            json.field("readingDate", readingOn)
            json.field("readOn", readOn)
            json.field("daysSinceReading", today.daysSince1970 - readingOn.daysSince1970)
        }
    }

    static let statement = Statement<Gap>(
        "list_billing_gaps",
        """
        -- Codes from $1 to before $2 and behind $5 with a contract in force whose reading day of
        -- month $3, told for the code or its route book, was $4 or earlier and that have no bill
        -- of that month, with the day on which their meters were read, if they were.
        select n.customer_code, n.scope_value as route_book,
            coalesce(o.reading_on, s.reading_on) as reading_on, (
                select max(r.read_on)
                from readings r
                where r.customer_code = n.customer_code and r.month = $3) as read_on
        from network_links n
        join reading_schedules s on s.scope_kind = 'routeBook' and s.scope_value = n.scope_value
            and s.month = $3 and s.period_number = 1
            and s.reading_on between n.valid_from and coalesce(n.valid_to, 'infinity')
        left join reading_schedules o on o.scope_kind = 'customerCode'
            and o.scope_value = n.customer_code and o.month = $3 and o.period_number = 1
        join customers c on c.customer_code = n.customer_code and c.contract_status = 'active'
        where n.customer_code >= $1 and n.customer_code < $2 and n.customer_code > $5
            and n.scope_kind = 'routeBook' and coalesce(o.reading_on, s.reading_on) <= $4
            and not exists (
                select from bills b
                where b.customer_code = n.customer_code and b.month = $3 and b.month >= $3
                    and b.kind = 'active')
        order by n.customer_code limit $6
        """)
}
