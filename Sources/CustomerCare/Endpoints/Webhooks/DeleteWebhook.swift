import JSON
import Postgres

/// Ends a webhook, with all that waits for it and its log.
struct DeleteWebhook: Endpoint {
    static let route = Route.delete("/v1/webhooks/{webhook}").requiring(.partner)

    let name: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        name = try arguments.webhook()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let count = try await transaction.run(
                DeleteWebhook.statement, .uuid(client), .text(name))
            guard count == 1 else { throw Problem(.notFound) }
            try await transaction.queue(DeleteWebhook.deliveries, .uuid(client), .text(name))
            return .noContent
        }
    }

    static let statement = Command(
        "delete_webhook",
        """
        -- A webhook of client $1.
        delete from webhooks where client_id = $1 and name = $2
        """)

    static let deliveries = Command(
        "delete_webhook_deliveries",
        """
        -- What was told to it, or was to be.
        delete from webhook_deliveries where client_id = $1 and name = $2
        """)
}
