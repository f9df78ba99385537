import Electricity
import JSON
import Postgres

/// Shows on which day of a month a followed customer's meter is read (Lịch ghi điện).
struct GetReadingSchedule: Endpoint {
    static let route = Route.get(
        "/v1/accounts/{account}/customers/{customerCode}/reading-schedule")

    let account: UUID
    let customerCode: CustomerCode
    let month: BillingMonth?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
        month = try arguments.queryMonth("month")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let month = month ?? context.today.month
        let found = try await GetReadingSchedule.find(
            customerCode, month, account: account, context: context)
        return .object { found.write(to: &$0, customerCode, month) }
    }

    /// The reading day of one month of a code; followed codes have one period a month.
    struct Found: Row {
        static let columns = ["as_of", "route_book", "reading_on", "moved_from"]

        let asOf: Instant
        let routeBook: String?
        let date: LocalDate?
        /// The day from which it was moved.
        let movedFrom: LocalDate?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            routeBook = try row.optionalString()
            date = try row.optionalLocalDate()
            movedFrom = try row.optionalLocalDate()
        }

        func write(to json: inout JSONWriter, _ code: CustomerCode, _ month: BillingMonth) {
            json.field("customerCode", code.text)
            json.field("month", month)
            if let date {
                json.field("reading") { json in
                    json.field("date", date)
                    json.field("routeBook", routeBook)
                    json.field("movedFrom", movedFrom)
                }
                json.nullField("reason")
            } else {
                json.nullField("reading")
                json.field("reason", routeBook == nil ? "no_route_book" : "not_scheduled")
            }
            json.field("asOf", asOf)
        }
    }

    /// Looks the reading day up; 404 for a code that the account does not follow.
    static func find(
        _ code: CustomerCode, _ month: BillingMonth, account: UUID, context: Context
    ) async throws(Problem) -> Found {
        context.customerCode = code
        let found = try await context.database.queryOne(
            statement, .uuid(account), .text(code.text), .month(month),
            .month(month.advanced(byMonths: 1)))
        guard let found else { throw Problem(.notFound) }
        return found
    }

    static let statement = Statement<Found>(
        "get_reading_schedule",
        """
        -- One row when account $1 follows code $2: the day of month $3 on which its meter is read,
        -- told for the code alone or for the route book in which it stands before month $4; nulls
        -- when none is told.
        select coalesce(r.as_of, c.as_of) as as_of,
            case when r.rank = 1 then null else l.scope_value end as route_book, r.reading_on,
            r.moved_from
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join lateral (
            select n.scope_value
            from network_links n
            where n.customer_code = f.customer_code and n.scope_kind = 'routeBook'
                and n.valid_from < $4 and coalesce(n.valid_to, 'infinity') >= $3
            order by n.valid_from desc
            limit 1
        ) l on true
        left join lateral (
            select k.rank, s.reading_on, s.moved_from, s.as_of
            from (
                select 1 as rank, 'customerCode' as scope_kind, f.customer_code as scope_value
                union all
                select 2, 'routeBook', l.scope_value
            ) k
            join reading_schedules s on s.scope_kind = k.scope_kind
                and s.scope_value = k.scope_value and s.month = $3
            order by k.rank, s.period_number
            limit 1
        ) r on true
        where f.customer_code = $2 and f.account_id = $1
        """)
}
