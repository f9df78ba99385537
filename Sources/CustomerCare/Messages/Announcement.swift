import Electricity
import JSON
import Postgres

/// Something that many customers are told: an outage, the bills of a month, a reading day.
///
/// It is written down once, by the name of its event; `Announcer` then writes the messages to the
/// followers of the codes it concerns, range by range.
struct Announcement {
    /// Which customer codes it concerns.
    enum Audience {
        /// Those that an outage touches.
        case outage(UUID)
        /// Those whose meters are read on a day.
        case readingDay(LocalDate)
        /// Those with a bill of a month that arrived with the data of an instant.
        case bills(BillingMonth, asOf: Instant)
        /// Those who owe a bill that is due soon, or was due lately.
        case debts(on: LocalDate)

        /// As the database names it.
        var name: String {
            switch self {
            case .outage: "outage"
            case .readingDay: "reading_day"
            case .bills: "bills"
            case .debts: "debts"
            }
        }
    }

    let topic: MessageTopic
    let audience: Audience
    /// What tells it from every other of its topic: the same event is announced once.
    let event: String
    /// Before this nobody is told.
    let sendAt: Instant
    /// After this it is of no use to anybody.
    var expiresAt: Instant?
    /// What every message of it says, as JSON.
    var parameters: [UInt8] = Array("{}".utf8)

    /// Its name.
    var announcementId: UUID { UUID(ofMessage: "\(topic.rawValue)/\(event)") }

    /// Writes it down, once.
    func queue(at now: Instant, in transaction: Transaction<Problem>) async throws(Problem) {
        _ = try await transaction.run(Announcement.insert, parameters: values(at: now))
    }

    /// The parameters of `insert`.
    func values(at now: Instant) -> [Parameter] {
        var outage: UUID?
        var day: LocalDate?
        var month: LocalDate?
        var asOf: Instant?
        switch audience {
        case .outage(let id): outage = id
        case .readingDay(let date), .debts(let date): day = date
        case .bills(let billed, let instant):
            month = billed.firstDay
            asOf = instant
        }
        return [
            .uuid(announcementId), .text(event), .text(topic.rawValue), .text(audience.name),
            .text(String(decoding: parameters, as: UTF8.self)), .uuid(outage), .date(day),
            .date(month), .timestamp(asOf), .timestamp(sendAt), .timestamp(expiresAt),
            .timestamp(now),
        ]
    }

    static let insert = Command(
        "announcement_insert",
        """
        -- Something to be announced; the same event is announced once.
        insert into announcements (announcement_id, event, topic, audience, parameters, outage_id,
            day, month, as_of, send_at, expires_at, code_cursor, message_count, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, $12)
        on conflict do nothing
        """)
}
