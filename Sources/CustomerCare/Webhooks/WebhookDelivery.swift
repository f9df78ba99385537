import Electricity
import JSON
import Postgres

/// One event on its way to one partner, and what has become of it.
struct WebhookDelivery: Row {
    static let columns = [
        "delivery_id", "event_type", "payload", "state", "attempts", "status_code", "fault",
        "created_at", "ended_at",
    ]
    let deliveryId: UUID
    let eventType: String
    let payload: [UInt8]
    let state: String
    let attempts: Int32
    let statusCode: Int32?
    let fault: String?
    let createdAt: Instant
    let endedAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        deliveryId = try row.uuid()
        eventType = try row.string()
        payload = try row.utf8()
        state = try row.string()
        attempts = try row.int32()
        statusCode = try row.optionalInt32()
        fault = try row.optionalString()
        createdAt = try row.instant()
        endedAt = try row.optionalInstant()
    }

    /// Writes all members.
    func write(to json: inout JSONWriter) {
        json.field("deliveryId", deliveryId.description)
        json.field("eventType", eventType)
        json.rawField("payload", payload)
        json.field("state", state)
        json.field("attempts", Int(attempts))
        json.field("statusCode", statusCode.map(Int.init))
        json.field("fault", fault)
        json.field("createdAt", createdAt)
        json.field("endedAt", endedAt)
    }
}
