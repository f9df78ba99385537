import Electricity
import JSON
import Postgres

/// Lists the requests of an account, newest first.
struct ListServiceRequests: Endpoint {
    static let route = Route.get("/v1/service-requests")

    /// Requests of one page when nothing else is asked.
    private static let pageSize = 24

    let account: UUID
    let limit: Int
    let cursor: ListCursor?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.queryAccount()
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListServiceRequests.pageSize
        cursor = try arguments.queryRequestCursor()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let there = try await context.database.queryOne(
            ListPayments.account, .uuid(account))
        guard there != nil else { throw Problem(.notFound) }
        let found = try await context.database.query(
            ListServiceRequests.statement, .uuid(account), .timestamp(cursor?.instant),
            .text(cursor?.key), .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map {
            ListCursor(instant: $0.receivedAt, key: $0.trackingCode).text
        }
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for request in found.prefix(limit) {
                    json.element { request.write(to: &$0, context: context) }
                }
            }
            json.field("next", next)
        }
        if let next {
            answer.nextPage =
                "/v1/service-requests?account=\(account)&limit=\(limit)&cursor=\(next)"
        }
        return answer
    }

    static let statement = Statement<ServiceRequest>(
        "list_service_requests",
        """
        -- The requests of account $1 before ($2, $3), newest first.
        select r.account_id, r.tracking_code, r.service, r.state, r.step, r.customer_code,
            r.received_at, r.expected_at, r.updated_at, r.completed_at, r.rating::integer as rating,
            o.kind as outage_kind, o.place as outage_place, o.starts_at as outage_starts_at,
            o.expected_end_at as outage_expected_end_at
        from service_requests r
        left join outages o on o.outage_id = r.outage_id and o.published_at is not null
        where r.account_id = $1
            and ($2::timestamptz is null or (r.received_at, r.tracking_code) < ($2, $3))
        order by r.received_at desc, r.tracking_code desc limit $4
        """)
}
