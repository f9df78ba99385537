import Electricity
import JSON
import Postgres
import Signing

/// A message that is caused by a change, and written with it in one transaction.
struct OutgoingMessage {
    /// Whom it is for.
    enum Recipient {
        case account(UUID)
        /// Somebody who wrote, and has no account here.
        case person(zaloUserId: String)
    }

    let topic: MessageTopic
    let recipient: Recipient
    /// The code it is about, where it is about one.
    var customerCode: String?
    /// What tells the event from every other of the topic: the same event is one message.
    let event: String
    /// The values of the template's places, as JSON.
    let parameters: [UInt8]

    /// A message whose places are filled by `write`.
    init(
        _ topic: MessageTopic, to recipient: Recipient, about customerCode: String? = nil,
        event: String, _ write: (inout JSONWriter) -> Void
    ) {
        self.topic = topic
        self.recipient = recipient
        self.customerCode = customerCode
        self.event = event
        var json = JSONWriter(reservingCapacity: 256)
        json.object(write)
        parameters = json.bytes
    }

    /// The same for the same event, so that it is never written twice: the first 122 bits of a
    /// SHA-256, as a UUID of version 8 (RFC 9562 section 5.8).
    var messageId: UUID {
        let digest = SHA256.digest(Array("\(topic.rawValue)/\(recipientKey)/\(event)".utf8))
        let high = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let low = digest.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        return UUID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    private var recipientKey: String {
        switch recipient {
        case .account(let account): account.description
        case .person(let zaloUserId): zaloUserId
        }
    }

    /// Puts it into the outbox, to be sent at once or when the night is over.
    func queue(at now: Instant, in transaction: Transaction<Problem>) async throws(Problem) {
        let due = topic.isUrgent ? now : QuietHours.end(of: now)
        var account: UUID?
        var person: String?
        switch recipient {
        case .account(let id): account = id
        case .person(let id): person = id
        }
        try await transaction.queue(
            OutgoingMessage.insert, .int64(Slot.of(customerCode ?? recipientKey)),
            .uuid(messageId), .uuid(account), .text(person), .text(topic.rawValue),
            .text(customerCode), .text(String(decoding: parameters, as: UTF8.self)),
            .timestamp(due), .timestamp(now))
    }

    static let insert = Command(
        "outbox_insert",
        """
        -- A message to be sent from $8 on; one of the same event is there once.
        insert into outbox (slot, message_id, account_id, zalo_user_id, topic, customer_code,
            parameters, state, due_at, attempts, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, $9)
        on conflict do nothing
        """)
}

/// The part of a queue that a key belongs to: one of 256, by a hash that SQL can compute as well
/// (`get_byte(sha256(key::bytea), 0)`).
enum Slot {
    /// How many there are.
    static let count: Int64 = 256

    /// The slot of a customer code, an account, a person.
    static func of(_ key: String) -> Int64 { Int64(SHA256.digest(Array(key.utf8))[0]) }
}

/// The night, in which nobody is woken: from 22:00 to 06:00 in Vietnam.
enum QuietHours {
    private static let beginHour: Int64 = 22
    private static let endHour: Int64 = 6

    /// The instant itself by day; at night the first minute after it, six o'clock.
    static func end(of now: Instant) -> Instant {
        let today = LocalDate(of: now)
        let second = now.secondsSince1970 - today.start.secondsSince1970
        if second < endHour * 3_600 { return today.start.advanced(bySeconds: endHour * 3_600) }
        if second < beginHour * 3_600 { return now }
        return today.start.advanced(bySeconds: 86_400 + endHour * 3_600)
    }
}
