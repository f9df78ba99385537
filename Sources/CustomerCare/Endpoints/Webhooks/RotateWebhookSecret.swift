import Electricity
import JSON
import Postgres
import Signing

/// Makes a new secret for a webhook; for a day, the former one signs beside it.
struct RotateWebhookSecret: Endpoint {
    static let route = Route.post("/v1/webhooks/{webhook}/secret").requiring(.partner)
        .withoutBody()

    let name: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        name = try arguments.webhook()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        let secret = context.randomBytes(WebhookSignature.secretByteCount)
        let sealed = try context.sealed(secret, for: Webhook.context(client, name))
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let changed = try await transaction.queryOne(
                RotateWebhookSecret.statement, .uuid(client), .text(name), .bytes(sealed),
                .timestamp(context.now.advanced(bySeconds: Webhook.rotationSeconds)),
                .timestamp(context.now))
            guard let changed else { throw Problem(.notFound) }
            return Answer.object { changed.write(to: &$0, secret: secret) }
        }
    }

    static let statement = Statement<Webhook>(
        "rotate_webhook_secret",
        """
        -- A webhook with a new secret; the one it had signs until $4.
        update webhooks
        set sealed_former_secret = sealed_secret, former_secret_until = $4, sealed_secret = $3,
            updated_at = $5
        where client_id = $1 and name = $2
        returning name, url, event_types, former_secret_until, disabled_at, created_at, updated_at
        """)
}
