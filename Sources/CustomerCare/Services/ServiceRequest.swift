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

    /// A request as it begins.
    init(
        accountId: UUID, trackingCode: String, service: String, customerCode: String?,
        receivedAt: Instant, expectedAt: Instant, outage: KnownOutage?
    ) {
        self.accountId = accountId
        self.trackingCode = trackingCode
        self.service = service
        state = .received
        step = 1
        self.customerCode = customerCode
        self.receivedAt = receivedAt
        self.expectedAt = expectedAt
        updatedAt = receivedAt
        completedAt = nil
        rating = nil
        self.outage = outage
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
        static let columns = ["to_state", "actor", "public_note", "happened_at", "sealed_text"]

        let state: String
        let takenBy: String
        let note: String?
        let happenedAt: Instant
        let sealedText: [UInt8]?

        /// The first step of a request.
        init(receivedAt: Instant) {
            state = ServiceRequestState.received.rawValue
            takenBy = ServiceRequestActor.account.rawValue
            note = nil
            happenedAt = receivedAt
            sealedText = nil
        }

        init(_ row: inout RowDecoder) throws(RowError) {
            state = try row.string()
            takenBy = try row.string()
            note = try row.optionalString()
            happenedAt = try row.instant()
            sealedText = try row.optionalBytes()
        }
    }

    /// What is shown besides the request itself.
    struct Surroundings {
        let history: [Event]
        let attachments: [ServiceRequestAttachment]

        /// What a request begins with.
        init(receivedAt: Instant) {
            history = [Event(receivedAt: receivedAt)]
            attachments = []
        }

        /// Reads the history and the documents of a request.
        init(
            _ account: UUID, _ code: TrackingCode, in transaction: Transaction<Problem>
        ) async throws(Problem) {
            history = try await transaction.query(
                ServiceRequest.history, .uuid(account), .text(code.text))
            attachments = try await transaction.query(
                ServiceRequestAttachment.list, .uuid(account), .text(code.text))
        }

        init(
            _ account: UUID, _ code: TrackingCode, in database: DatabaseAccess<Problem>
        ) async throws(Problem) {
            history = try await database.query(
                ServiceRequest.history, .uuid(account), .text(code.text))
            attachments = try await database.query(
                ServiceRequestAttachment.list, .uuid(account), .text(code.text))
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

    /// Writes all members, with what surrounds the request.
    private func write(
        _ shown: Surroundings, _ texts: [String?], to json: inout JSONWriter, context: Context
    ) {
        write(to: &json, context: context)
        json.list("history") { json in
            for (event, text) in zip(shown.history, texts) {
                json.element { json in
                    json.field("state", event.state)
                    json.field("by", event.takenBy)
                    json.field("note", event.note ?? text)
                    json.field("at", event.happenedAt)
                }
            }
        }
        ServiceRequestAttachment.write(shown.attachments, to: &json)
    }

    /// The answer that shows it, read anew.
    static func answer(
        status: Int = 200, _ code: TrackingCode, of account: UUID,
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> Answer {
        let found = try await transaction.queryOne(
            statement, .uuid(account), .text(code.text))
        guard let found else { throw Problem(.notFound) }
        let shown = try await Surroundings(account, code, in: transaction)
        return try found.answer(status: status, shown, context: context)
    }

    /// The answer that shows it with its history and its documents.
    func answer(
        status: Int = 200, _ shown: Surroundings, context: Context
    ) throws(Problem) -> Answer {
        let texts = try shown.history.map { (event) throws(Problem) in
            try context.opened(event.sealedText, of: trackingCode)
        }
        return Answer.object(status: status, reserving: 1_024) { json in
            write(shown, texts, to: &json, context: context)
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
        select e.to_state, e.actor, e.public_note, e.happened_at, t.sealed_text
        from service_request_events e
        left join service_request_texts t on t.account_id = e.account_id
            and t.tracking_code = e.tracking_code and t.step = e.step
        where e.account_id = $1 and e.tracking_code = $2
        order by e.step limit 200
        """)
}
