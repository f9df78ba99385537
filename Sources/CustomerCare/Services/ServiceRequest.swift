import Electricity
import JSON
import Postgres

/// A service request as its account sees it: nothing of what was typed into the form.
struct ServiceRequest: Row {
    static let columns = [
        "account_id", "tracking_code", "service", "state", "step", "customer_code",
        "received_at", "expected_at", "updated_at", "completed_at", "rating", "outage_kind",
        "outage_place", "outage_starts_at", "outage_expected_end_at",
    ]

    let accountId: UUID
    let trackingCode: String
    let service: String
    let state: ServiceRequestState
    let step: Int32
    let customerCode: String?
    let receivedAt: Instant
    let expectedAt: Instant
    let updatedAt: Instant
    let completedAt: Instant?
    let rating: Int32?
    let outage: KnownOutage?

    /// The outage that was known when its absence was reported.
    struct KnownOutage: Sendable {
        let kind: String
        let place: String
        let startsAt: Instant
        let expectedEndAt: Instant?
    }

    init(_ row: inout RowDecoder) throws(RowError) {
        accountId = try row.uuid()
        trackingCode = try row.string()
        service = try row.string()
        state = try row.word(ServiceRequestState.self)
        step = try row.int32()
        customerCode = try row.optionalString()
        receivedAt = try row.instant()
        expectedAt = try row.instant()
        updatedAt = try row.instant()
        completedAt = try row.optionalInstant()
        rating = try row.optionalInt32()
        if try row.isNull() {
            for _ in 0..<4 { try row.skip() }
            outage = nil
        } else {
            outage = KnownOutage(
                kind: try row.string(), place: try row.string(), startsAt: try row.instant(),
                expectedEndAt: try row.optionalInstant())
        }
    }

    /// One step in the history.
    struct Event: Row {
        static let columns = ["to_state", "actor", "public_note", "happened_at"]

        let state: String
        let takenBy: String
        let note: String?
        let happenedAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            state = try row.string()
            takenBy = try row.string()
            note = try row.optionalString()
            happenedAt = try row.instant()
        }
    }

    /// Seconds in which a completed request may be opened again: seven days.
    static let reopenSeconds: Int64 = 604_800

    /// Until when it may be opened again; nil when it is not completed.
    var reopenUntil: Instant? {
        completedAt?.advanced(bySeconds: ServiceRequest.reopenSeconds)
    }

    /// Writes the members that a list shows.
    func write(to json: inout JSONWriter, context: Context) {
        let language = context.language
        let name = context.guides.services.service(service)?.name.text(in: language)
        json.field("trackingCode", trackingCode)
        json.field("service", service)
        json.field("serviceName", name ?? service)
        json.field("customerCode", customerCode)
        json.field("state", state.rawValue)
        json.field("nextStep", state.nextStep)
        json.field("receivedAt", receivedAt)
        json.field("expectedOn", LocalDate(of: expectedAt))
        json.field("expectedAt", expectedAt)
        json.field("isLate", state.isOpen && expectedAt < context.now)
        json.field("updatedAt", updatedAt)
        json.field("completedAt", completedAt)
        json.field("reopenUntil", reopenUntil)
        json.field("rating", rating.map { Int64($0) })
        if let outage {
            json.field("knownOutage") { json in
                json.field("kind", outage.kind)
                json.field("place", outage.place)
                json.field("startsAt", outage.startsAt)
                json.field("expectedEndAt", outage.expectedEndAt)
            }
        } else {
            json.nullField("knownOutage")
        }
    }

    /// Writes all members, with the history.
    private func write(_ history: [Event], to json: inout JSONWriter, context: Context) {
        write(to: &json, context: context)
        json.list("history") { json in
            for event in history {
                json.element { json in
                    json.field("state", event.state)
                    json.field("by", event.takenBy)
                    json.field("note", event.note)
                    json.field("at", event.happenedAt)
                }
            }
        }
    }

    /// The answer that shows it, read anew.
    static func answer(
        status: Int = 200, _ code: TrackingCode, of account: UUID,
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> Answer {
        let found = try await transaction.queryOne(
            statement, .uuid(account), .text(code.text))
        guard let found else { throw Problem(.notFound) }
        let history = try await transaction.query(
            history, .uuid(account), .text(code.text))
        return found.answer(status: status, history, context: context)
    }

    /// The answer that shows it with its history.
    func answer(status: Int = 200, _ history: [Event], context: Context) -> Answer {
        Answer.object(status: status, reserving: 1_024) { json in
            write(history, to: &json, context: context)
        }
    }

    /// The address of a request of an account.
    static func location(of code: TrackingCode, account: UUID) -> String {
        "/v1/service-requests/\(code.text)?account=\(account)"
    }

    static let statement = Statement<ServiceRequest>(
        "service_request",
        """
        -- Request $2 of account $1, unless it is deleted; an outage only while it is published.
        select r.account_id, r.tracking_code, r.service, r.state, r.step, r.customer_code,
            r.received_at, r.expected_at, r.updated_at, r.completed_at, r.rating::integer as rating,
            o.kind as outage_kind, o.place as outage_place, o.starts_at as outage_starts_at,
            o.expected_end_at as outage_expected_end_at
        from service_requests r
        join accounts a on a.account_id = r.account_id and a.deleted_at is null
        left join outages o on o.outage_id = r.outage_id and o.published_at is not null
        where r.account_id = $1 and r.tracking_code = $2
        """)

    static let history = Statement<Event>(
        "service_request_history",
        """
        -- The steps of request $2 of account $1, oldest first, 200 at most.
        select to_state, actor, public_note, happened_at from service_request_events
        where account_id = $1 and tracking_code = $2
        order by step limit 200
        """)
}
