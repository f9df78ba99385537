import Electricity
import JSON
import Postgres

/// A message that was sent to an account, or could not be.
struct Notification: Row {
    static let columns = [
        "message_id", "topic", "customer_code", "parameters", "channel", "state", "fault",
        "created_at", "sent_at", "delivered_at", "seen_at", "read_at",
    ]

    let messageId: UUID
    let topic: MessageTopic
    let customerCode: String?
    let parameters: [UInt8]
    let channel: String?
    let state: String
    let fault: String?
    let createdAt: Instant
    let sentAt: Instant?
    let deliveredAt: Instant?
    let seenAt: Instant?
    let readAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        messageId = try row.uuid()
        topic = try row.word(MessageTopic.self)
        customerCode = try row.optionalString()
        parameters = try row.utf8()
        channel = try row.optionalString()
        state = try row.string()
        fault = try row.optionalString()
        createdAt = try row.instant()
        sentAt = try row.optionalInstant()
        deliveredAt = try row.optionalInstant()
        seenAt = try row.optionalInstant()
        readAt = try row.optionalInstant()
    }

    /// Writes all members, with the text in the language of whoever asks.
    func write(to json: inout JSONWriter, context: Context) {
        let words = MessageText(
            book: context.templates.book, services: context.guides.services,
            language: context.language)
        let values = JSONValue.object(parameters) ?? .null
        let code = MessageCode(topic, of: messageId, on: LocalDate(of: createdAt))
        json.field("notificationId", messageId.description)
        json.field("topic", topic.rawValue)
        json.field("customerCode", customerCode)
        json.field("text", words.text(topic, values))
        json.field("verificationCode", code.text(context.authenticity))
        json.field("channel", channel)
        json.field("state", state)
        json.field("createdAt", createdAt)
        json.field("sentAt", sentAt)
        json.field("deliveredAt", deliveredAt)
        json.field("seenAt", seenAt)
        json.field("readAt", readAt)
    }

    static let insert = Command(
        "notification_insert",
        """
        -- What has become of a message; the first word counts, unless it was that it failed.
        insert into notifications as n (account_id, month, message_id, topic, customer_code,
            parameters, channel, state, fault, created_at, sent_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (account_id, month, message_id) do update
        set parameters = excluded.parameters, channel = excluded.channel, state = excluded.state,
            fault = excluded.fault, sent_at = excluded.sent_at
        where n.state = 'failed'
        """)

    static let receive = Command(
        "notification_receive",
        """
        -- Message $3 has arrived at $5, and was seen when $4; receipts come in any order, and the
        -- state never goes back.
        update notifications n
        set state = case when $4 then 'seen' when n.state = 'sent' then 'delivered'
                else n.state end,
            delivered_at = coalesce(n.delivered_at, $5),
            seen_at = case when $4 then coalesce(n.seen_at, $5) else n.seen_at end
        where n.account_id = $1 and n.month = $2 and n.message_id = $3
        """)
}
