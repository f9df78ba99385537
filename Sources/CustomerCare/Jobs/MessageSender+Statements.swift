import Electricity
import Postgres

/// What the sender asks of the database.
extension MessageSender {
    /// A slot in which something is due.
    struct DueSlot: Row {
        static let columns = ["slot"]
        let slot: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            slot = try row.int32()
        }
    }

    /// A message that this sender has claimed.
    struct Due: Row {
        static let columns = [
            "slot", "message_id", "account_id", "zalo_user_id", "topic", "customer_code",
            "parameters", "attempts", "created_at",
        ]
        let slot: Int32
        let messageId: UUID
        let accountId: UUID?
        let zaloUserId: String?
        let topic: MessageTopic
        let customerCode: String?
        let parameters: [UInt8]
        let attempts: Int32
        let createdAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            slot = try row.int32()
            messageId = try row.uuid()
            accountId = try row.optionalUUID()
            zaloUserId = try row.optionalString()
            topic = try row.word(MessageTopic.self)
            customerCode = try row.optionalString()
            parameters = try row.utf8()
            attempts = try row.int32()
            createdAt = try row.instant()
        }
    }

    /// What a message must know of its account.
    struct AccountOfMessage: Row {
        static let columns = ["zalo_user_id", "locale", "is_followed"]
        let zaloUserId: String?
        let language: Language
        let isFollowed: Bool

        init(_ row: inout RowDecoder) throws(RowError) {
            zaloUserId = try row.optionalString()
            language = try row.word(Language.self)
            isFollowed = try row.bool()
        }
    }

    static let slots = Statement<DueSlot>(
        "message_sender_slots",
        """
        -- The slots in which a message is due at $1, in any order.
        select s.slot
        from generate_series(0, 255) as s (slot)
        -- Limited, so that it stays one step down the index for each slot.
        cross join lateral (
            select from outbox o
            where o.slot = s.slot and o.state = 'waiting' and o.due_at <= $1
            limit 1
        ) d
        """)

    static let claim = Statement<Due>(
        "message_sender_claim",
        """
        -- Up to $3 messages of slot $1 that are due at $2, left alone by others until $4.
        update outbox
        set due_at = $4
        where slot = $1 and message_id in (
            select message_id from outbox
            where slot = $1 and state = 'waiting' and due_at <= $2
            order by due_at limit $3
            for update skip locked)
        returning slot::integer as slot, message_id, account_id, zalo_user_id, topic,
            customer_code, parameters, attempts::integer as attempts, created_at
        """)

    static let account = Statement<AccountOfMessage>(
        "message_sender_account",
        """
        -- Account $1, unless it is deleted, and whether it follows code $2.
        select a.zalo_user_id, a.locale, s.subscription_id is not null as is_followed
        from accounts a
        left join subscriptions s on s.account_id = a.account_id and s.customer_code = $2
            and s.state = 'active'
        where a.account_id = $1 and a.deleted_at is null
        """)

    static let remove = Command(
        "message_sender_remove",
        """
        -- A message that was sent, or is wanted no longer.
        delete from outbox where slot = $1 and message_id = $2
        """)

    static let bury = Command(
        "message_sender_bury",
        """
        -- A message that nobody tries to send any more.
        update outbox set state = 'dead', fault = $3 where slot = $1 and message_id = $2
        """)

    static let postponeStatement = Command(
        "message_sender_postpone",
        """
        -- A message that is tried again at $3.
        update outbox set due_at = $3, attempts = attempts + $4, fault = coalesce($5, fault)
        where slot = $1 and message_id = $2
        """)

    static let keepId = Command(
        "message_sender_keep_id",
        """
        -- Which message Zalo means by its own id, for its receipts.
        insert into zalo_message_ids (provider_message_id, account_id, month, message_id, sent_at)
        values ($1, $2, $3, $4, $5)
        on conflict do nothing
        """)
}
