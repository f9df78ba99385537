import Electricity
import JSON
import Postgres

/// Shows a person who has read data about them: staff and why, others who follow the same codes.
///
/// Codes count that the account is verified for by more than a name, and its own requests.
struct ListDataReads: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/data-reads")

    /// Reads of one answer, and days that it looks back.
    private static let most: Int64 = 100
    private static let days = 92

    let account: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await ListDataReads.find(of: account, atMost: ListDataReads.most, context)
        return .object(reserving: 4_096) { json in
            json.field("from", context.today.advanced(byDays: -ListDataReads.days))
            json.list("items") { json in
                for read in found { json.element(read.write) }
            }
        }
    }

    /// The newest reads; 404 when the account is not there.
    static func find(
        of account: UUID, atMost count: Int64, _ context: Context
    ) async throws(Problem) -> [Read] {
        let subjects = try await context.database.queryOne(ListDataReads.subjects, .uuid(account))
        guard let subjects else { throw Problem(.notFound) }
        return try await context.database.query(
            ListDataReads.statement, .uuid(account), .texts(subjects.codes),
            .texts(subjects.requests),
            .timestamp(context.today.advanced(byDays: -ListDataReads.days).start), .int64(count))
    }

    /// What is about the account.
    struct Subjects: Row {
        static let columns = ["codes", "requests"]
        let codes: [String]
        let requests: [String]

        init(_ row: inout RowDecoder) throws(RowError) {
            codes = try row.strings()
            requests = try row.strings()
        }
    }

    /// Somebody who has read something.
    struct Read: Row {
        static let columns = ["happened_at", "reader", "action", "subject", "purpose"]
        let happenedAt: Instant
        let reader: String
        let action: String
        /// A customer code, or the tracking code of a request.
        let subject: String
        let purpose: String?

        init(_ row: inout RowDecoder) throws(RowError) {
            happenedAt = try row.instant()
            reader = try row.string()
            action = try row.string()
            subject = try row.string()
            purpose = try row.optionalString()
        }

        func write(to json: inout JSONWriter) {
            json.field("happenedAt", happenedAt)
            json.field("reader", reader)
            json.field("action", action)
            json.field("subject", subject)
            json.field("purpose", purpose)
        }
    }

    static let subjects = Statement<Subjects>(
        "list_data_reads_subjects",
        """
        -- One row when account $1 is there: codes that it is verified for by more than a name, and
        -- its newest requests.
        select array(
                select s.customer_code from subscriptions s
                where s.account_id = a.account_id and s.state = 'active'
                    and s.assurance = 'standard'
            ) as codes, array(
                select r.tracking_code from service_requests r
                where r.account_id = a.account_id
                order by r.received_at desc limit 200
            ) as requests
        from accounts a
        where a.account_id = $1 and a.deleted_at is null
        """)

    static let statement = Statement<Read>(
        "list_data_reads",
        """
        -- Who has read about codes $2 or requests $3 since $4, the newest first: account $1 itself,
        -- others who follow the codes, and staff with their reason.
        select happened_at, reader, action, subject, purpose
        from (
            select e.happened_at, case when e.account_id = $1 then 'self' else 'follower' end
                    as reader, e.action, e.customer_code as subject, null as purpose
            from audit_events e
            where e.customer_code = any($2) and e.happened_at >= $4 and e.action = 'profile_read'
            union all
            select s.happened_at, 'staff', s.action, s.subject, s.purpose
            from staff_actions s
            where s.subject = any($2 || $3) and s.happened_at >= $4
                and s.action in ('customer_read', 'request_read')
        ) r
        order by happened_at desc, subject, reader limit $5
        """)
}
