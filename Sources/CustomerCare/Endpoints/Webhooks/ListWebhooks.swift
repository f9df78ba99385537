import JSON
import Postgres

/// Lists the webhooks of the client that asks.
struct ListWebhooks: Endpoint {
    static let route = Route.get("/v1/webhooks").requiring(.partner)

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        // The signature says whose.
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        let found = try await context.database.query(ListWebhooks.statement, .uuid(client))
        return .object(reserving: 2_048) { json in
            json.list("items") { json in
                for webhook in found { json.element { webhook.write(to: &$0, secret: nil) } }
            }
        }
    }

    static let statement = Statement<Webhook>(
        "list_webhooks",
        """
        -- The webhooks of client $1.
        select name, url, event_types, former_secret_until, disabled_at, created_at, updated_at
        from webhooks where client_id = $1 order by name
        """)
}
