import Electricity
import JSON
import Postgres

/// Finds out what is to be told of outages, by comparing each with what was told of it last.
///
/// Whoever writes an outage need not think of messages: a new version is noticed by its number.
/// Versions that follow each other faster than they are looked at are told as one.
struct OutageAnnouncements {
    /// Outages of one look.
    private static let batch: Int64 = 200
    /// Seconds for which one that is over may still be told to be restored or cancelled.
    private static let lateSeconds: Int64 = 43_200
    /// Seconds before messages go out, so that the codes of an account come together.
    private static let gatherSeconds: Int64 = 20
    /// Seconds before the beginning at which people are reminded, and how long before that they
    /// must have been told for a reminder to be worth it.
    private static let reminderSeconds: Int64 = 86_400
    private static let newsSeconds: Int64 = 43_200

    let database: DatabaseAccess<Problem>
    /// Whether people are told as well, and not only partners' systems.
    let tellsPeople: Bool

    /// Whether anything is to be announced.
    func hasNews(at now: Instant) async throws(Problem) -> Bool {
        if try await !changed(at: now, atMost: 1).isEmpty { return true }
        return try await !upcoming(at: now, atMost: 1).isEmpty
    }

    /// Writes down what is to be announced.
    func look(at now: Instant) async throws(Problem) {
        for outage in try await changed(at: now, atMost: OutageAnnouncements.batch) {
            try await announce(outage, at: now)
        }
        for outage in try await upcoming(at: now, atMost: OutageAnnouncements.batch) {
            try await remind(of: outage, at: now)
        }
    }

    private func changed(at now: Instant, atMost count: Int64) async throws(Problem) -> [Changed] {
        try await database.query(
            OutageAnnouncements.changed, .timestamp(now),
            .timestamp(now.advanced(bySeconds: -OutageAnnouncements.lateSeconds)), .int64(count))
    }

    private func upcoming(
        at now: Instant, atMost count: Int64
    ) async throws(Problem) -> [Upcoming] {
        // Partners' systems are not reminded.
        guard tellsPeople else { return [] }
        return try await database.query(
            OutageAnnouncements.upcoming, .timestamp(now),
            .timestamp(now.advanced(bySeconds: OutageAnnouncements.reminderSeconds)),
            .int64(count))
    }

    private func announce(_ outage: Changed, at now: Instant) async throws(Problem) {
        let topic = OutageAnnouncements.topic(of: outage, at: now)
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            if let topic {
                let new = outage.outage
                let announcement = OutageAnnouncements.announcement(
                    topic, of: new, event: "outage/\(new.outageId)/\(new.version)", at: now)
                if tellsPeople { try await announcement.queue(at: now, in: transaction) }
                try await OutageAnnouncements.event(topic, of: new, at: now)?
                    .queue(at: now, in: transaction)
            }
            let new = outage.outage
            try await transaction.queue(
                OutageAnnouncements.remember, .uuid(new.outageId), .int32(new.version),
                .bool(new.isCancelled), .bool(new.isRestored), .timestamp(now))
        }
    }

    /// What partners are told of a version.
    private static func event(
        _ topic: MessageTopic, of outage: Described, at now: Instant
    ) -> WebhookEvent? {
        let types: [MessageTopic: WebhookEventType] = [
            .outagePublished: .outagePublished, .outageChanged: .outageChanged,
            .outageCancelled: .outageCancelled, .outageRestored: .outageRestored,
        ]
        guard let type = types[topic] else { return nil }
        return WebhookEvent(type, key: "\(outage.outageId)/\(outage.version)", at: now) { json in
            json.field("outageId", outage.outageId.description)
            json.field("version", Int(outage.version))
            json.field("kind", outage.kind.rawValue)
            json.field("startsAt", outage.startsAt)
            json.field("expectedEndAt", outage.expectedEndAt)
            json.field("restoredAt", outage.restoredAt)
        }
    }

    /// What people are told of a version; nil when it is nothing to them.
    static func topic(of outage: Changed, at now: Instant) -> MessageTopic? {
        let new = outage.outage
        guard let told = outage.told else {
            return new.isCancelled || new.isRestored || new.overAt <= now ? nil : .outagePublished
        }
        if new.isCancelled { return told.isCancelled ? nil : .outageCancelled }
        if new.isRestored { return told.isRestored ? nil : .outageRestored }
        return new.overAt <= now ? nil : .outageChanged
    }

    private func remind(of outage: Upcoming, at now: Instant) async throws(Problem) {
        let new = outage.outage
        let latestNews = new.startsAt.advanced(
            bySeconds: -OutageAnnouncements.reminderSeconds - OutageAnnouncements.newsSeconds)
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            if outage.announcedAt <= latestNews {
                let announcement = OutageAnnouncements.announcement(
                    .outageReminder, of: new,
                    event: "outage/\(new.outageId)/before/\(new.startsAt)", at: now)
                try await announcement.queue(at: now, in: transaction)
            }
            try await transaction.queue(
                OutageAnnouncements.remind, .uuid(new.outageId), .timestamp(new.startsAt))
        }
    }

    private static func announcement(
        _ topic: MessageTopic, of outage: Described, event: String, at now: Instant
    ) -> Announcement {
        var json = JSONWriter(reservingCapacity: 256)
        json.object { json in
            json.field("place", outage.place)
            json.field("reason", outage.reason)
            json.field("kind", outage.kind.rawValue)
            json.field("startsAt", outage.startsAt.secondsSince1970)
            json.field("endsAt", (outage.restoredAt ?? outage.expectedEndAt)?.secondsSince1970)
        }
        let end: Instant
        switch topic {
        case .outageRestored: end = now.advanced(bySeconds: lateSeconds)
        case .outageCancelled: end = outage.expectedEndAt ?? now.advanced(bySeconds: lateSeconds)
        // A fault that nobody has mended is worth telling for as long as a message lives.
        default: end = min(outage.overAt, now.advanced(bySeconds: 31_536_000))
        }
        return Announcement(
            topic: topic, audience: .outage(outage.outageId), event: event,
            sendAt: now.advanced(bySeconds: gatherSeconds), expiresAt: end,
            parameters: json.bytes)
    }

    // MARK: What the database says

    /// An outage as messages tell it.
    struct Described {
        static let columns = [
            "outage_id", "version", "kind", "place", "reason", "starts_at", "expected_end_at",
            "restored_at", "is_cancelled", "over_at",
        ]
        let outageId: UUID
        let version: Int32
        let kind: OutageKind
        let place: String
        let reason: String?
        let startsAt: Instant
        let expectedEndAt: Instant?
        let restoredAt: Instant?
        let isCancelled: Bool
        let overAt: Instant

        var isRestored: Bool { restoredAt != nil }

        init(_ row: inout RowDecoder) throws(RowError) {
            outageId = try row.uuid()
            version = try row.int32()
            kind = try row.word(OutageKind.self)
            place = try row.string()
            reason = try row.optionalString()
            startsAt = try row.instant()
            expectedEndAt = try row.optionalInstant()
            restoredAt = try row.optionalInstant()
            isCancelled = try row.bool()
            overAt = try row.instant()
        }
    }

    /// An outage of which something is new.
    struct Changed: Row {
        static let columns = Described.columns + ["was_cancelled", "was_restored"]
        let outage: Described
        /// What was told before; nil when nothing was.
        let told: Told?

        /// What was told of an outage.
        struct Told {
            let isCancelled: Bool
            let isRestored: Bool
        }

        init(_ row: inout RowDecoder) throws(RowError) {
            outage = try Described(&row)
            let wasCancelled = try row.optionalBool()
            let wasRestored = try row.optionalBool()
            told = wasCancelled.map {
                Told(isCancelled: $0, isRestored: wasRestored ?? false)
            }
        }
    }

    /// An outage that is soon to begin.
    struct Upcoming: Row {
        static let columns = Described.columns + ["announced_at"]
        let outage: Described
        let announcedAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            outage = try Described(&row)
            announcedAt = try row.instant()
        }
    }

    static let changed = Statement<Changed>(
        "outage_announcements_changed",
        """
        -- Published outages that are not over by $1, or not for longer than since $2, in a version
        -- that was not told; the infinite end of a fault stands as a day far away.
        select o.outage_id, o.version, o.kind, o.place, o.reason, o.starts_at, o.expected_end_at,
            o.restored_at, o.cancelled_at is not null as is_cancelled,
            least(o.over_at, $1::timestamptz + interval '100 years') as over_at,
            a.is_cancelled as was_cancelled, a.is_restored as was_restored
        from outages o
        left join announced_outages a on a.outage_id = o.outage_id
        where o.over_at > $2 and o.published_at is not null
            and a.version is distinct from o.version
        order by o.over_at
        limit $3
        """)

    static let remember = Command(
        "outage_announcements_remember",
        """
        -- What has been told of outage $1 by now.
        insert into announced_outages (outage_id, version, is_cancelled, is_restored, announced_at)
        values ($1, $2, $3, $4, $5)
        on conflict (outage_id) do update
        set version = excluded.version, is_cancelled = excluded.is_cancelled,
            is_restored = excluded.is_restored, announced_at = excluded.announced_at
        """)

    static let upcoming = Statement<Upcoming>(
        "outage_announcements_upcoming",
        """
        -- Outages that begin between $1 and $2 and of which nobody was reminded.
        select o.outage_id, o.version, o.kind, o.place, o.reason, o.starts_at, o.expected_end_at,
            o.restored_at, o.cancelled_at is not null as is_cancelled,
            least(o.over_at, $1::timestamptz + interval '100 years') as over_at, a.announced_at
        from outages o
        join announced_outages a on a.outage_id = o.outage_id and a.version = o.version
        where o.over_at > $1 and o.starts_at > $1 and o.starts_at <= $2
            and o.cancelled_at is null and o.restored_at is null
            and a.reminded_for is distinct from o.starts_at
        order by o.starts_at
        limit $3
        """)

    static let remind = Command(
        "outage_announcements_remind",
        """
        -- People know that outage $1 begins at $2.
        update announced_outages set reminded_for = $2 where outage_id = $1
        """)
}
