import Electricity
import Postgres
import Reactor

/// What the audit names: changes of subscriptions, verification, reads of the profile.
enum AuditAction: String, Sendable {
    case accountCreated = "account_created"
    case accountDeleted = "account_deleted"
    case subscriptionAdded = "subscription_added"
    case subscriptionRemoved = "subscription_removed"
    case subscriptionRenamed = "subscription_renamed"
    case verificationAttempted = "verification_attempted"
    case verificationSucceeded = "verification_succeeded"
    case profileRead = "profile_read"
    case calendarCreated = "calendar_created"
    case calendarRemoved = "calendar_removed"
    case followerRemoved = "follower_removed"
    case dataExported = "data_exported"
}

/// One line of the audit.
struct AuditEvent: Sendable {
    let auditEventId: UUID
    let account: UUID
    let happenedAt: Instant
    let clientId: UUID
    let action: AuditAction
    let customerCode: CustomerCode?
    let requestId: UUID
}

extension Context {
    /// Notes down a change in the transaction that makes it.
    func audit(
        _ action: AuditAction, account: UUID, code: CustomerCode? = nil,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        guard let event = event(action, account: account, code: code) else { return }
        try await transaction.queue(
            ReadAudit.insert, .uuids([event.account]), .uuids([event.auditEventId]),
            .int64s([event.happenedAt.microsecondsSince1970]), .uuids([event.clientId]),
            .texts([event.action.rawValue]), .texts([event.customerCode?.text ?? ""]),
            .uuids([event.requestId]))
    }

    /// Notes down a read of personal data; written in a batch within a second.
    ///
    /// Throws 503 when so many wait that the next would be lost: no read goes unnoticed.
    func auditRead(
        _ action: AuditAction, account: UUID, code: CustomerCode
    ) throws(Problem) {
        guard let event = event(action, account: account, code: code) else { return }
        guard readAudit.note(event) else {
            var problem = Problem(.unavailable, reason: "audit_queue_full")
            problem.retryAfterSeconds = 1
            throw problem
        }
    }

    private func event(
        _ action: AuditAction, account: UUID, code: CustomerCode?
    ) -> AuditEvent? {
        guard let client else { return nil }
        return AuditEvent(
            auditEventId: newId(), account: account, happenedAt: now, clientId: client.clientId,
            action: action, customerCode: code, requestId: requestId)
    }
}

/// Gathers the reads of personal data of one loop and writes them once a second.
final class ReadAudit {
    private let database: Database
    private var waiting: [AuditEvent] = []
    /// Those who wait for the flush under way.
    private var flushing: [Promise<Void>]?

    /// Reads that may wait; a second's worth at full speed.
    private static let capacity = 50_000
    /// Rows of one insert.
    private static let batch = 5_000

    init(database: Database) {
        self.database = database
    }

    /// Takes an event; false when no more fit.
    func note(_ event: AuditEvent) -> Bool {
        guard waiting.count < ReadAudit.capacity else { return false }
        waiting.append(event)
        return true
    }

    /// How many reads are not written yet.
    var waitingCount: Int { waiting.count }

    /// Writes what waits; keeps it for the next time when the database is away.
    ///
    /// A flush that is under way is waited for first: two at once would take the same batch.
    /// Repeating a batch whose outcome is unknown cannot double it: the ids are the same.
    func flush() async {
        while flushing != nil {
            let promise = Promise<Void>()
            flushing?.append(promise)
            await promise.value()
        }
        flushing = []
        await writeBatches()
        let others = flushing ?? []
        flushing = nil
        for promise in others { promise.keep(()) }
    }

    private func writeBatches() async {
        while !waiting.isEmpty {
            let events = Array(waiting.prefix(ReadAudit.batch))
            do {
                _ = try await database.run(
                    ReadAudit.insert, .uuids(events.map(\.account)),
                    .uuids(events.map(\.auditEventId)),
                    .int64s(events.map(\.happenedAt.microsecondsSince1970)),
                    .uuids(events.map(\.clientId)), .texts(events.map(\.action.rawValue)),
                    .texts(events.map { $0.customerCode?.text ?? "" }),
                    .uuids(events.map(\.requestId)))
            } catch {
                return
            }
            waiting.removeFirst(events.count)
        }
    }

    static let insert = Command(
        "audit_insert",
        """
        -- One row per event; an event that is there already is left as it is.
        insert into audit_events (account_id, audit_event_id, happened_at, client_id, action,
            customer_code, request_id)
        select account_id, audit_event_id,
            timestamptz 'epoch' + microseconds * interval '1 microsecond', client_id, action,
            nullif(customer_code, ''), request_id
        from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[],
            $7::uuid[]) as event (account_id, audit_event_id, microseconds, client_id, action,
            customer_code, request_id)
        on conflict do nothing
        """)
}
