import Electricity
import JSON
import Postgres

/// Tells many customers what concerns them: finds out what is to be announced, and writes the
/// messages into the outbox.
///
/// One of all instances does it at a time, under a lease. Each range of customer codes and the
/// cursor behind it are one transaction: wherever it is cut off, the next run goes on there, and
/// nobody is told twice or left out.
final class Announcer {
    /// Codes of one range.
    private let rangeSize: Int64
    /// Ranges of one run, so that what is new is looked for in between.
    private static let ranges = 200
    private static let leaseSeconds: Int64 = 60
    /// The minute of the day from which the announcements of a day are written, and the hour at
    /// which they are sent.
    private static let planMinute: Int64 = 450
    private static let dailyHour: Int64 = 9
    /// The hour after which a debt reminder of the day is of no use.
    private static let lastHour: Int64 = 22

    private let database: DatabaseAccess<Problem>
    private let world: World
    private let lease: Lease
    private let outages: OutageAnnouncements
    /// Told why something could not be announced.
    private let failed: (String) -> Void
    /// Whether there is an Official Account that tells them.
    private let tellsPeople: Bool
    private var plannedDay: LocalDate?

    /// Announces under a name of its own; by 5,000 codes at a time unless told otherwise.
    init(
        database: DatabaseAccess<Problem>, world: World, owner: UUID, tellsPeople: Bool,
        rangeSize: Int64 = 5_000, failed: @escaping (String) -> Void
    ) {
        self.database = database
        self.world = world
        self.rangeSize = rangeSize
        self.failed = failed
        lease = Lease(name: "announcements", owner: owner, seconds: Announcer.leaseSeconds)
        outages = OutageAnnouncements(database: database, tellsPeople: tellsPeople)
        self.tellsPeople = tellsPeople
    }

    /// Announces what there is, until nothing is left, the bound is reached or another does it.
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            // A look costs nothing, a lease a commit.
            guard try await hasWork(), try await lease.take(at: world.now(), on: database) else {
                return true
            }
            try await outages.look(at: world.now())
            try await plan()
            for _ in 0..<Announcer.ranges {
                guard try await step() else { break }
            }
            try await lease.release(on: database)
            return true
        } catch {
            // Away or busy: the cursor stands where it stood, and the lease runs out.
            failed(error.reason ?? error.code.rawValue)
            return false
        }
    }

    private func hasWork() async throws(Problem) -> Bool {
        let now = world.now()
        if isPlanDue(at: now) { return true }
        if try await outages.hasNews(at: now) { return true }
        return try await database.queryOne(Announcer.next) != nil
    }

    private func transaction<Result>(
        _ body: (Transaction<Problem>) async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) -> Result in
            try await body(transaction)
        }
    }

    // MARK: What comes with the day

    /// Whether what comes with the day is not written down by this instance.
    private func isPlanDue(at now: Instant) -> Bool {
        let today = LocalDate(of: now)
        let minute = (now.secondsSince1970 - today.start.secondsSince1970) / 60
        return tellsPeople && plannedDay != today && minute >= Announcer.planMinute
    }

    /// Writes down what is announced every day, once.
    private func plan() async throws(Problem) {
        let now = world.now()
        guard isPlanDue(at: now) else { return }
        let today = LocalDate(of: now)
        let announcements = Announcer.daily(today)
        try await transaction { (transaction) async throws(Problem) in
            for announcement in announcements {
                try await announcement.queue(at: now, in: transaction)
            }
        }
        plannedDay = today
    }

    /// Tomorrow's readings and today's debts.
    static func daily(_ today: LocalDate) -> [Announcement] {
        let tomorrow = LocalDate(daysSince1970: today.daysSince1970 + 1)
        let hour = today.start.advanced(bySeconds: dailyHour * 3_600)
        return [
            Announcement(
                topic: .readingDay, audience: .readingDay(tomorrow), event: "reading/\(tomorrow)",
                sendAt: hour, expiresAt: tomorrow.start.advanced(bySeconds: lastHour * 3_600)),
            Announcement(
                topic: .debtReminder, audience: .debts(on: today), event: "debts/\(today)",
                sendAt: hour, expiresAt: today.start.advanced(bySeconds: lastHour * 3_600)),
        ]
    }

    // MARK: Ranges

    /// Writes the messages of one range; false when nothing is left to announce, or another has
    /// taken over.
    private func step() async throws(Problem) -> Bool {
        let now = world.now()
        return try await transaction { (transaction) async throws(Problem) in
            guard try await self.lease.extend(at: now, in: transaction),
                let pending = try await transaction.queryOne(Announcer.next)
            else { return false }
            let isUseless = pending.expiresAt.map { $0 <= now } ?? false
            let last = isUseless ? nil : try await self.range(pending, in: transaction)
            guard let last else {
                try await transaction.queue(
                    Announcer.end, .uuid(pending.announcementId), .timestamp(now))
                return true
            }
            let count = try await self.tell(pending, upTo: last, at: now, in: transaction)
            let moved = try await transaction.run(
                Announcer.advance, .uuid(pending.announcementId), .text(pending.cursor),
                .text(last), .int64(Int64(count)))
            // Somebody else has done this range, whose messages may be sent by now: ours go.
            guard moved == 1 else { throw Problem(.unavailable, reason: "announced by another") }
            return true
        }
    }

    /// The code with which the next range ends.
    private func range(
        _ pending: Pending, in transaction: Transaction<Problem>
    ) async throws(Problem) -> String? {
        let bounds: [Parameter] = [.text(pending.cursor), .int64(rangeSize)]
        let end: RangeEnd?
        switch pending.audience {
        case .outage(let id):
            end = try await transaction.queryOne(
                Announcer.outageRange, bounds[0], bounds[1], .uuid(id))
        case .readingDay(let day):
            end = try await transaction.queryOne(
                Announcer.readingRange, bounds[0], bounds[1], .date(day))
        case .bills, .debts:
            end = try await transaction.queryOne(Announcer.followerRange, bounds[0], bounds[1])
        }
        return end?.lastCode
    }

    /// Writes the messages of a range; how many.
    private func tell(
        _ pending: Pending, upTo last: String, at now: Instant,
        in transaction: Transaction<Problem>
    ) async throws(Problem) -> Int {
        let shared: [Parameter] = [
            .uuid(pending.announcementId), .text(pending.topic.rawValue), .text(pending.event),
            .text(String(decoding: pending.parameters, as: UTF8.self)),
            .timestamp(pending.sendAt), .timestamp(pending.expiresAt), .timestamp(now),
            .text(pending.cursor), .text(last),
        ]
        switch pending.audience {
        case .outage(let id):
            return try await transaction.run(Announcer.tellOutage, parameters: shared + [.uuid(id)])
        case .readingDay(let day):
            return try await transaction.run(
                Announcer.tellReadingDay, parameters: shared + [.date(day)])
        case .debts(let day):
            return try await transaction.run(Announcer.tellDebts, parameters: shared + [.date(day)])
        case .bills(let month, let asOf):
            return try await transaction.run(
                Announcer.tellBills, parameters: shared + [.month(month), .timestamp(asOf)])
        }
    }
}
