import Electricity
import JSON
import Postgres
import Signing

/// Says where a partner wants to be told of which events.
///
/// A new webhook is answered with its secret, once. One that was switched off is on again.
struct PutWebhook: Endpoint {
    static let route = Route.put("/v1/webhooks/{webhook}").requiring(.partner)

    let name: String
    let url: String
    let eventTypes: [String]

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        name = try arguments.webhook()
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let url = object?.string("url", length: 1...500)
        if let url, !Webhook.isAddress(url) { object?.fault("url", .wrongFormat) }
        let known = WebhookEventType.allCases.map(\.rawValue)
        let words = object?.words("eventTypes", atMost: 50, among: known)
        if words?.isEmpty == true { object?.fault("eventTypes", .tooFewItems) }
        if let problem = Problem(faults) { throw problem }
        guard let url, let words else { throw Problem(.invalidRequest) }
        self.url = url
        eventTypes = known.filter(words.contains)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        let secret = context.randomBytes(WebhookSignature.secretByteCount)
        let sealed = try context.sealed(secret, for: Webhook.context(client, name))
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let changed = try await transaction.queryOne(
                PutWebhook.change, .uuid(client), .text(name), .text(url), .texts(eventTypes),
                .timestamp(context.now))
            if let changed { return Answer.object { changed.write(to: &$0, secret: nil) } }
            let made = try await transaction.queryOne(
                PutWebhook.insert, .uuid(client), .text(name), .text(url), .texts(eventTypes),
                .bytes(sealed), .timestamp(context.now), .int64(Webhook.limit))
            guard let made else { throw Problem(.webhookLimitReached) }
            var answer = Answer.object(status: 201) { made.write(to: &$0, secret: secret) }
            answer.location = "/v1/webhooks/\(name)"
            return answer
        }
    }

    static let change = Statement<Webhook>(
        "put_webhook_change",
        """
        -- A webhook that is there, with another address and other events.
        update webhooks set url = $3, event_types = $4, disabled_at = null, updated_at = $5
        where client_id = $1 and name = $2
        returning name, url, event_types, former_secret_until, disabled_at, created_at, updated_at
        """)

    static let insert = Statement<Webhook>(
        "put_webhook_insert",
        """
        -- A new webhook, unless client $1 has as many as $7.
        insert into webhooks (client_id, name, url, event_types, sealed_secret, created_at,
            updated_at)
        select $1, $2, $3, $4, $5, $6, $6
        where (select count(*) from webhooks where client_id = $1) < $7
        returning name, url, event_types, former_secret_until, disabled_at, created_at, updated_at
        """)
}

extension Context {
    /// Seals a secret of a partner for a place.
    func sealed(_ secret: [UInt8], for place: String) throws(Problem) -> [UInt8] {
        do {
            return try secretSeal.seal(secret, context: place)
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
    }
}
