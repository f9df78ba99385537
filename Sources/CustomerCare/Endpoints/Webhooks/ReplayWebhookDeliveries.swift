import Electricity
import JSON
import Postgres

/// Tells events again, whatever has become of them.
struct ReplayWebhookDeliveries: Endpoint {
    static let route = Route.post("/v1/webhooks/{webhook}/deliveries/replays")
        .requiring(.partner)

    let name: String
    let deliveries: [UUID]

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        name = try arguments.webhook()
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        deliveries = object?.ids("deliveryIds", count: 1...100) ?? []
        if let problem = Problem(faults) { throw problem }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        let replayed = try await context.write {
            (transaction) async throws(Problem) in
            try await transaction.query(
                ReplayWebhookDeliveries.statement, .uuid(client), .text(name),
                .uuids(deliveries), .timestamp(context.now))
        }
        return .object { json in
            json.list("replayed") { json in
                for delivery in replayed { json.element(delivery.deliveryId.description) }
            }
        }
    }

    /// A delivery that waits again.
    struct Replayed: Row {
        static let columns = ["delivery_id"]
        let deliveryId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            deliveryId = try row.uuid()
        }
    }

    static let statement = Statement<Replayed>(
        "replay_webhook_deliveries",
        """
        -- Those of deliveries $3 that are there, waiting again from $4 on.
        update webhook_deliveries
        set state = 'waiting', due_at = $4, attempts = 0, ended_at = null
        where client_id = $1 and name = $2 and delivery_id = any($3)
        returning delivery_id
        """)
}
