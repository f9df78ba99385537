import Electricity
import JSON
import Postgres

/// What partners can be told.
///
/// Each says that something has happened to what, and nothing personal:
/// whoever may know more asks for it.
enum WebhookEventType: String, Sendable, CaseIterable {
    case paymentSucceeded = "payment.succeeded"
    case requestChanged = "service_request.changed"
    case outagePublished = "outage.published"
    case outageChanged = "outage.changed"
    case outageCancelled = "outage.cancelled"
    case outageRestored = "outage.restored"
}

/// Something that has happened, to be told to every partner who wants to know.
struct WebhookEvent {
    let type: WebhookEventType
    /// What tells it from every other of its type: the same event is told once to each.
    let key: String
    private let payload: [UInt8]

    /// An event whose data `write` gives.
    init(
        _ type: WebhookEventType, key: String, at now: Instant,
        _ write: (inout JSONWriter) -> Void
    ) {
        self.type = type
        self.key = key
        var json = JSONWriter(reservingCapacity: 256)
        json.object { json in
            json.field("type", type.rawValue)
            json.field("timestamp", now)
            json.field("data", write)
        }
        payload = json.bytes
    }

    /// Writes it down for each partner, in the transaction of its cause.
    func queue(at now: Instant, in transaction: Transaction<Problem>) async throws(Problem) {
        try await transaction.queue(
            WebhookEvent.insert, .text(type.rawValue), .text(key),
            .text(String(decoding: payload, as: UTF8.self)), .timestamp(now))
    }

    static let insert = Command(
        "webhook_event_insert",
        """
        -- One delivery for each webhook that wants events of type $1.
        insert into webhook_deliveries (client_id, delivery_id, name, event_type, payload, state,
            due_at, attempts, created_at)
        select w.client_id,
            message_id_of($1::text || '/' || $2::text || '/' || w.client_id || '/' || w.name),
            w.name, $1, $3, 'waiting', $4, 0, $4
        from webhooks w
        where $1 = any(w.event_types) and w.disabled_at is null
        on conflict do nothing
        """)
}
