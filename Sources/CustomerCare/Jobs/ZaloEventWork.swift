import Electricity
import JSON
import Postgres
import Zalo

/// Works on what Zalo has told: who follows, what was written, which messages arrived.
///
/// What an event changes and that it is done are one transaction, so it takes effect once however
/// often an instance dies. Any number of instances may work at once.
struct ZaloEventWork {
    /// Events of one run.
    private static let batch: Int64 = 100
    /// Seconds in which whoever has claimed an event is left alone with it.
    private static let claimSeconds: Int64 = 60
    /// Seconds after which a receipt is looked at again whose message is not known yet, and how
    /// often: Zalo may be faster than our own commit.
    private static let receiptSeconds: Int64 = 5
    private static let receiptAttempts = 3

    let parts: Service.Parts
    let world: World
    /// Told why an event could not be worked on.
    let failed: (String) -> Void

    /// Works on what is due; the next run goes on where this one stopped.
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            let due = try await parts.database.query(
                ZaloEventWork.due, .timestamp(world.now()), .int64(ZaloEventWork.batch))
            for event in due { try await work(on: event) }
            return true
        } catch {
            // Away or busy: what is due stays due.
            return false
        }
    }

    private func work(on event: Due) async throws(Problem) {
        let now = world.now()
        let claimed = try await parts.database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            try await transaction.run(
                ZaloEventWork.claim, .int32(event.slot), .text(event.key),
                .timestamp(event.dueAt), .timestamp(now.advanced(bySeconds: Self.claimSeconds)))
        }
        guard claimed == 1 else { return }
        do throws(Problem) {
            try await take(event, now: now)
        } catch {
            guard error.code == .internalError || error.code == .notFound else { throw error }
            failed(error.reason ?? error.code.rawValue)
            try await finish(event, now: now)
        }
    }

    private func take(_ due: Due, now: Instant) async throws(Problem) {
        guard let body = opened(due), let event = ZaloEvent(body) else {
            throw Problem(.internalError, reason: "an event of Zalo cannot be opened")
        }
        let at = Instant(microsecondsSince1970: (event.milliseconds ?? 0) * 1_000)
        switch event.kind {
        case .received(let ids, _, let isSeen):
            try await takeReceipt(due, ids, isSeen: isSeen, at: at, now: now)
        case .followed, .text, .otherContent, .submittedInfo:
            guard let person = event.appUserId ?? event.officialAccountUserId else {
                return try await finish(due, now: now)
            }
            try await take(event, of: person, due, at: at, now: now)
        case .other: try await finish(due, now: now)
        }
    }

    private func opened(_ due: Due) -> JSONValue? {
        // What this service has sealed is what Zalo has sent; anything else is told as a failure.
        let bytes = try? parts.personalData.openedEvent(due.sealedEvent, key: due.key)
        return bytes.flatMap(JSONValue.object)
    }

    // MARK: People

    private func take(
        _ event: ZaloEvent, of person: String, _ due: Due, at: Instant, now: Instant
    ) async throws(Problem) {
        let owner = try await parts.database.queryOne(ZaloContact.owner, .text(person))
        var change = ZaloContact.Change(
            zaloUserId: person, officialAccountUserId: event.officialAccountUserId, at: at)
        var reply: OutgoingMessage?
        switch event.kind {
        case .followed(let follows): change.follows = follows
        case .text(let text):
            change.interacted = true
            reply = try await answer(text, owner?.accountId, person, event, now: now)
        case .submittedInfo(_, let phone):
            change.interacted = true
            change.sealedPhone = phone.flatMap { sealed($0, of: person) }
        default: change.interacted = true
        }
        let noted = change
        let message = reply
        try await parts.database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            let contact = try await ZaloContact.note(noted, in: transaction)
            if let owner, let contact, noted.follows != nil {
                try await transaction.queue(
                    ZaloContact.follow, .uuid(owner.accountId),
                    .text(contact.followState.rawValue), .timestamp(now))
            }
            try await message?.queue(at: now, in: transaction)
            try await transaction.queue(
                ZaloEventWork.finish, .int32(due.slot), .text(due.key), .timestamp(now))
        }
    }

    /// What is answered to a text: what the look-ups say, or how to begin.
    private func answer(
        _ text: String, _ account: UUID?, _ person: String, _ event: ZaloEvent, now: Instant
    ) async throws(Problem) -> OutgoingMessage {
        guard let account else {
            return OutgoingMessage(
                .chat, to: .person(zaloUserId: person), event: event.key
            ) { json in
                json.field(
                    "text",
                    "Quý khách chưa đăng ký mã khách hàng nào. Hãy mở ứng dụng Chăm sóc khách "
                        + "hàng trên trang Zalo này để đăng ký.")
            }
        }
        let context = Context(
            now: now, requestId: parts.ids.next(at: now), language: .vietnamese, client: nil,
            nonce: nil, idempotency: nil, ifMatch: nil, parts: parts)
        let reply = try await Chat.reply(to: text, account: account, context: context)
        return OutgoingMessage(.chat, to: .account(account), event: event.key) { json in
            json.field("text", reply.text)
        }
    }

    private func sealed(_ phone: String, of person: String) -> [UInt8]? {
        guard let number = PhoneNumber.international(phone) else { return nil }
        // A number that cannot be sealed is not kept.
        return try? parts.personalData.sealedPhone(number, of: person)
    }

    // MARK: Receipts

    private func takeReceipt(
        _ due: Due, _ ids: [String], isSeen: Bool, at: Instant, now: Instant
    ) async throws(Problem) {
        let known = try await parts.database.query(ZaloEventWork.messages, .texts(ids))
        if known.count < ids.count, due.attempts < Self.receiptAttempts {
            return try await parts.database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) in
                try await transaction.queue(
                    ZaloEventWork.postpone, .int32(due.slot), .text(due.key),
                    .timestamp(now.advanced(bySeconds: Self.receiptSeconds)))
            }
        }
        try await parts.database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            for message in known {
                try await transaction.queue(
                    Notification.receive, .uuid(message.accountId), .date(message.month),
                    .uuid(message.messageId), .bool(isSeen), .timestamp(at))
            }
            try await transaction.queue(
                ZaloEventWork.finish, .int32(due.slot), .text(due.key), .timestamp(now))
        }
    }

    private func finish(_ due: Due, now: Instant) async throws(Problem) {
        try await parts.database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            try await transaction.queue(
                ZaloEventWork.finish, .int32(due.slot), .text(due.key), .timestamp(now))
        }
    }

    // MARK: Statements

    /// An event to be worked on.
    struct Due: Row {
        static let columns = ["slot", "event_key", "sealed_event", "due_at", "attempts"]
        let slot: Int32
        let key: String
        let sealedEvent: [UInt8]
        let dueAt: Instant
        let attempts: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            slot = try row.int32()
            key = try row.string()
            sealedEvent = try row.bytes()
            dueAt = try row.instant()
            attempts = try row.int32()
        }
    }

    /// The message of an id of Zalo's.
    struct KnownMessage: Row {
        static let columns = ["account_id", "month", "message_id"]
        let accountId: UUID
        let month: LocalDate
        let messageId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
            month = try row.localDate()
            messageId = try row.uuid()
        }
    }

    static let due = Statement<Due>(
        "zalo_event_work_due",
        """
        -- The events to be worked on by $1, longest waiting first.
        select slot::integer as slot, event_key, sealed_event, due_at,
            attempts::integer as attempts
        from zalo_events where done_at is null and due_at <= $1 order by due_at limit $2
        """)

    static let claim = Command(
        "zalo_event_work_claim",
        """
        -- Touches a row for the one who works on an event; for all others the time has changed.
        update zalo_events set due_at = $4, attempts = attempts + 1
        where slot = $1 and event_key = $2 and due_at = $3 and done_at is null
        """)

    static let postpone = Command(
        "zalo_event_work_postpone",
        """
        -- When an event is looked at again.
        update zalo_events set due_at = $3 where slot = $1 and event_key = $2
        """)

    static let finish = Command(
        "zalo_event_work_finish",
        """
        -- What was told is forgotten; that it was told is kept, so that it is not done again.
        update zalo_events set done_at = $3, sealed_event = '' where slot = $1 and event_key = $2
        """)

    static let messages = Statement<KnownMessage>(
        "zalo_event_work_messages",
        """
        -- The messages of Zalo's ids $1.
        select account_id, month, message_id
        from zalo_message_ids where provider_message_id = any($1)
        """)
}
