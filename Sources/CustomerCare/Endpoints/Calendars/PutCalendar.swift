import Electricity
import JSON
import Postgres

/// Gives a verified subscription a calendar feed; a former one ends.
struct PutCalendar: Endpoint {
    static let route = Route.put("/v1/accounts/{account}/subscriptions/{subscription}/calendar")
        .withoutBody()

    let account: UUID
    let subscription: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let token = CalendarToken(random: context.randomBytes(CalendarToken.byteCount))
        try await context.write { (transaction) async throws(Problem) in
            try await LockedAccount.lock(account, in: transaction)
            let found = try await transaction.queryOne(
                PutCalendar.find, .uuid(account), .uuid(subscription))
            guard let found else { throw Problem(.notFound) }
            context.customerCode = found.customerCode
            try await transaction.queue(
                DeleteCalendar.statement, .uuid(account), .uuid(subscription))
            try await transaction.queue(
                PutCalendar.statement, .bytes(token.hash), .uuid(account), .uuid(subscription),
                .text(found.customerCode.text), .timestamp(context.now))
            try await context.audit(
                .calendarCreated, account: account, code: found.customerCode, in: transaction)
        }
        let path = "/v1/calendars/\(token.text).ics"
        var answer = Answer.object(status: 201) { json in
            json.field("path", path)
            json.field("createdAt", context.now)
        }
        answer.location = path
        return answer
    }

    /// The code of a verified subscription.
    struct Found: Row {
        static let columns = ["customer_code"]
        let customerCode: CustomerCode

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCode = try row.customerCode()
        }
    }

    static let find = Statement<Found>(
        "put_calendar_find",
        """
        -- The code of a subscription, once it is verified.
        select customer_code
        from subscriptions
        where account_id = $1 and subscription_id = $2 and state = 'active'
        """)

    static let statement = Command(
        "put_calendar",
        """
        -- A feed under the hash of its token.
        insert into calendar_feeds (token_hash, account_id, subscription_id, customer_code,
            created_at)
        values ($1, $2, $3, $4, $5)
        """)
}
