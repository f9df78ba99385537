import Electricity
import JSON
import Postgres

/// Gives the outages, reading days and due dates of a code to whoever has the feed's address.
struct GetCalendar: Endpoint {
    static let route = Route.get("/v1/calendars/{token}.ics").forEverybody().counted().personal()

    let token: CalendarToken?

    /// What cannot be a token is answered as one that opens nothing.
    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        token = CalendarToken(arguments.text("token"))
    }

    /// Days that a feed looks back, and ahead.
    private static let daysBack = 30
    private static let daysAhead = 61
    /// Months whose reading days are told, beside the present one.
    private static let months = -1...2

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let token else { throw Problem(.notFound) }
        let feed = try await context.database.queryOne(
            GetCalendar.statement, .bytes(token.hash))
        guard let feed else { throw Problem(.notFound) }
        let code = feed.customerCode
        context.customerCode = code
        // The subscription must live: the feed dies with it.
        let dueDates = try await context.database.query(
            GetCalendar.dueDates, .uuid(feed.account), .text(code.text),
            .uuid(feed.subscription))
        guard let first = dueDates.first else { throw Problem(.notFound) }
        let person = try await context.database.queryOne(Chat.statement, .uuid(feed.account))
        guard let person else { throw Problem(.notFound) }
        let today = context.today
        let outages = try await ListOutages.find(
            code,
            OutageWindow.Bounds(
                first: today.advanced(byDays: -GetCalendar.daysBack),
                last: today.advanced(byDays: GetCalendar.daysAhead)),
            account: feed.account, context: context)
        var readings: [(month: BillingMonth, found: GetReadingSchedule.Found)] = []
        for age in GetCalendar.months {
            let month = today.month.advanced(byMonths: age)
            let found = try await GetReadingSchedule.find(
                code, month, account: feed.account, context: context)
            readings.append((month, found))
        }
        let calendar = CalendarFeed(
            subscription: feed.subscription.description, outages: outages, readings: readings,
            dueDates: dueDates.compactMap(\.dueDate), asOf: first.asOf,
            words: ChatText(language: person.language))
        var answer = Answer(status: 200, body: calendar.bytes)
        answer.contentType = "text/calendar; charset=utf-8"
        return answer
    }

    /// Whose feed it is.
    struct Feed: Row {
        static let columns = ["account_id", "subscription_id", "customer_code"]

        let account: UUID
        let subscription: UUID
        let customerCode: CustomerCode

        init(_ row: inout RowDecoder) throws(RowError) {
            account = try row.uuid()
            subscription = try row.uuid()
            customerCode = try row.customerCode()
        }
    }

    /// A bill that is still owed, or the sign that the subscription lives.
    struct Due: Row {
        static let columns = ["as_of", "month", "due_on"]

        let asOf: Instant
        let dueDate: CalendarFeed.DueDate?

        init(_ row: inout RowDecoder) throws(RowError) {
            asOf = try row.instant()
            let month = try row.optionalLocalDate()?.month
            let dueOn = try row.optionalLocalDate()
            if let month, let dueOn {
                dueDate = CalendarFeed.DueDate(month: month, dueOn: dueOn)
            } else {
                dueDate = nil
            }
        }
    }

    static let statement = Statement<Feed>(
        "get_calendar",
        """
        -- Whose feed has a token of this hash.
        select account_id, subscription_id, customer_code
        from calendar_feeds
        where token_hash = $1
        """)

    static let dueDates = Statement<Due>(
        "get_calendar_due_dates",
        """
        -- One row per bill of code $2 that is not paid in full, oldest first; one row of nulls
        -- when there is none; no row when account $1 does not follow it by subscription $3.
        select c.as_of, n.month, n.due_on
        from followers f
        join customers c on c.customer_code = f.customer_code
        left join bill_balances n on n.customer_code = f.customer_code and n.paid < n.billed
            and n.kind = 'active'
        where f.customer_code = $2 and f.account_id = $1 and f.subscription_id = $3
        order by n.month, n.period_number
        """)
}
