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
            "parameters", "attempts", "created_at", "announcement_id", "expires_at", "was_due_at",
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
        /// What it is part of, for one of many.
        let announcementId: UUID?
        /// When it is of no use any more.
        let expiresAt: Instant?
        /// When it was due before it was claimed.
        let wasDueAt: Instant

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
            announcementId = try row.optionalUUID()
            expiresAt = try row.optionalInstant()
            wasDueAt = try row.instant()
        }
    }

    /// What a message must know of its account.
    struct AccountOfMessage: Row {
        static let columns = ["zalo_user_id", "locale", "codes", "sent_count"]
        let zaloUserId: String?
        let language: Language
        /// The codes of the message that it follows still, and wants to be told about.
        let codes: [String]
        /// Messages of the topics that come by themselves, since the morning.
        let sentCount: Int64

        init(_ row: inout RowDecoder) throws(RowError) {
            zaloUserId = try row.optionalString()
            language = try row.word(Language.self)
            codes = try row.strings()
            sentCount = try row.int64()
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
        -- Up to $3 messages of slot $1 that are due at $2, left alone by others until $4; those of
        -- an account stand together.
        update outbox o
        set due_at = $4
        from (
            select message_id, due_at from outbox
            where slot = $1 and state = 'waiting' and due_at <= $2
            order by due_at, account_id limit $3
            for update skip locked
        ) d
        where o.slot = $1 and o.message_id = d.message_id
        returning o.slot::integer as slot, o.message_id, o.account_id, o.zalo_user_id, o.topic,
            o.customer_code, o.parameters, o.attempts::integer as attempts, o.created_at,
            o.announcement_id, o.expires_at, d.due_at as was_due_at
        """)

    static let claimRest = Statement<Due>(
        "message_sender_claim_rest",
        """
        -- What else account $2 is told by announcement $4 in slot $1, due at $3 as well, left
        -- alone by others until $5.
        update outbox o
        set due_at = $5
        from (
            select message_id, due_at from outbox
            where slot = $1 and state = 'waiting' and due_at = $3 and account_id = $2
                and announcement_id = $4
            for update skip locked
        ) d
        where o.slot = $1 and o.message_id = d.message_id
        returning o.slot::integer as slot, o.message_id, o.account_id, o.zalo_user_id, o.topic,
            o.customer_code, o.parameters, o.attempts::integer as attempts, o.created_at,
            o.announcement_id, o.expires_at, d.due_at as was_due_at
        """)

    static let account = Statement<AccountOfMessage>(
        "message_sender_account",
        """
        -- Account $1, unless it is deleted: those of codes $2 that it follows and wants to know
        -- topic $3 of, and how many messages of topics $6 it got since $5, in months from $4 on.
        select a.zalo_user_id, a.locale, array(
                select s.customer_code
                from subscriptions s
                where s.account_id = a.account_id and s.customer_code = any($2)
                    and s.state = 'active' and $3 <> all (s.muted_topics)
                order by s.customer_code
            ) as codes, (
                select count(*)
                from notifications n
                where n.account_id = a.account_id and n.month >= $4 and n.sent_at >= $5
                    and n.topic = any($6)
            ) as sent_count
        from accounts a
        where a.account_id = $1 and a.deleted_at is null
        """)

    /// Whether somebody owes something.
    struct Owing: Row {
        static let columns = ["is_owing"]
        let isOwing: Bool

        init(_ row: inout RowDecoder) throws(RowError) {
            isOwing = try row.bool()
        }
    }

    static let owing = Statement<Owing>(
        "message_sender_owing",
        """
        -- Whether code $1 owes anything that is not being paid.
        select exists (
            select from bill_balances b
            where b.customer_code = $1 and b.kind = 'active' and b.paid < b.billed
                and b.pending = 0
        ) as is_owing
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
