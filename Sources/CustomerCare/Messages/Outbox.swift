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

    /// The same for the same event, so that it is never written twice.
    var messageId: UUID { UUID(ofMessage: "\(topic.rawValue)/\(recipientKey)/\(event)") }

    private var recipientKey: String {
        switch recipient {
        case .account(let account): account.description
        case .person(let zaloUserId): zaloUserId
        }
    }

    /// Puts it into the outbox, to be sent at once or, as the sender decides, after the night.
    func queue(at now: Instant, in transaction: Transaction<Problem>) async throws(Problem) {
        var account: UUID?
        var person: String?
        switch recipient {
        case .account(let id): account = id
        case .person(let id): person = id
        }
        try await transaction.queue(
            OutgoingMessage.insert, .int64(Slot.of(recipientKey)),
            .uuid(messageId), .uuid(account), .text(person), .text(topic.rawValue),
            .text(customerCode), .text(String(decoding: parameters, as: UTF8.self)),
            .timestamp(now))
    }

    static let insert = Command(
        "outbox_insert",
        """
        -- A message to be sent at once; one of the same event is there once.
        insert into outbox (slot, message_id, account_id, zalo_user_id, topic, customer_code,
            parameters, state, due_at, attempts, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, 0, $8)
        on conflict do nothing
        """)
}

/// The part of a queue that a key belongs to: one of 256, by a hash that SQL computes as well when
/// it writes many messages at a time (`slot_of`).
enum Slot {
    /// How many there are.
    static let count: Int64 = 256

    /// The slot of an account or a person: what one of them is told stands together, in its order.
    static func of(_ key: String) -> Int64 { Int64(SHA256.digest(Array(key.utf8))[0]) }
}

extension UUID {
    /// The id of a message by its name.
    ///
    /// It is the first 122 bits of a SHA-256, as a UUID of version 8 (RFC 9562 section 5.8). SQL
    /// computes the same (`message_id_of`).
    init(ofMessage name: String) {
        let digest = SHA256.digest(Array(name.utf8))
        let high = digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let low = digest.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.init(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
