import Electricity
import JSON
import Postgres

/// Lists what was told to a webhook and is to be, newest first.
struct ListWebhookDeliveries: Endpoint {
    static let route = Route.get("/v1/webhooks/{webhook}/deliveries").requiring(.partner)

    private static let pageSize = 20

    let name: String
    let limit: Int
    /// Deliveries before this one.
    let end: (cursor: ListCursor, id: UUID)?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        name = try arguments.webhook()
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListWebhookDeliveries.pageSize
        end = try arguments.queryIdCursor()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        let webhooks = try await context.database.query(ListWebhooks.statement, .uuid(client))
        guard webhooks.contains(where: { $0.name == name }) else { throw Problem(.notFound) }
        let found = try await context.database.query(
            ListWebhookDeliveries.statement, .uuid(client), .text(name),
            .timestamp(end?.cursor.instant), .uuid(end?.id), .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map { ListCursor(instant: $0.createdAt, key: "\($0.deliveryId)").text }
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for delivery in found.prefix(limit) { json.element(delivery.write) }
            }
            json.field("next", next)
        }
        if let next {
            answer.nextPage = "/v1/webhooks/\(name)/deliveries?limit=\(limit)&cursor=\(next)"
        }
        return answer
    }

    static let statement = Statement<WebhookDelivery>(
        "list_webhook_deliveries",
        """
        -- The deliveries of webhook $2 of client $1 before ($3, $4), newest first.
        select delivery_id, event_type, payload, state, attempts::integer as attempts,
            status_code::integer as status_code, fault, created_at, ended_at
        from webhook_deliveries
        where client_id = $1 and name = $2
            and ($3::timestamptz is null or (created_at, delivery_id) < ($3, $4))
        order by created_at desc, delivery_id desc limit $5
        """)
}
