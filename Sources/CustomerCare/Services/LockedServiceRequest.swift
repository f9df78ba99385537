import Electricity
import JSON
import Postgres

/// A service request held by a transaction: nobody else takes a step of it meanwhile.
struct LockedServiceRequest: Row {
    static let columns = [
        "account_id", "tracking_code", "service", "state", "step", "completed_at",
    ]

    let accountId: UUID
    let trackingCode: String
    let service: String
    private(set) var state: ServiceRequestState
    private(set) var step: Int32
    let completedAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        accountId = try row.uuid()
        trackingCode = try row.string()
        service = try row.string()
        state = try row.word(ServiceRequestState.self)
        step = try row.int32()
        completedAt = try row.optionalInstant()
    }

    /// What goes with a step.
    struct Step {
        let state: ServiceRequestState
        let actor: ServiceRequestActor
        var publicNote: String?
        var internalNote: String?
        /// What the customer wrote, sealed: kept apart from the history, which is never erased.
        var sealedText: [UInt8]?
        /// When it is to be done, where that begins anew.
        var expectedAt: Instant?
    }

    /// Locks the request of an account; 404 when there is none.
    static func lock(
        _ code: TrackingCode, of account: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) -> LockedServiceRequest {
        let found = try await transaction.queryOne(
            lockOne, .uuid(account), .text(code.text))
        guard let found else { throw Problem(.notFound) }
        return found
    }

    /// Takes a step; 409 for one that its state does not allow.
    mutating func take(
        _ next: Step, at now: Instant, by client: UUID?, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        let allowed = next.actor == .account ? state.nextByAccount : state.nextByStaff
        guard allowed.contains(next.state) else { throw Problem(.transitionNotAllowed) }
        try await transaction.queue(
            LockedServiceRequest.change, .uuid(accountId), .text(trackingCode),
            .text(next.state.rawValue), .int64(Int64(step) + 1), .timestamp(now),
            .timestamp(next.state == .completed ? now : nil), .timestamp(next.expectedAt))
        try await LockedServiceRequest.note(
            accountId, trackingCode, service, step: Int64(step) + 1, from: state, next, at: now,
            by: client, in: transaction)
        state = next.state
        step += 1
    }

    /// Takes a step of the account itself, with what the customer wrote.
    mutating func take(
        _ next: ServiceRequestState, saying text: String?, expectedAt: Instant? = nil,
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) {
        var step = Step(state: next, actor: .account, expectedAt: expectedAt)
        if let text, let code = TrackingCode(typed: trackingCode) {
            do {
                step.sealedText = try context.personalData.sealedText(text, of: code)
            } catch {
                throw Problem(.internalError, reason: "\(error)")
            }
        }
        try await take(step, at: context.now, by: context.client?.clientId, in: transaction)
    }

    /// Writes a step into the history, and a message about it; `client` is nil for what nobody did.
    static func note(
        _ account: UUID, _ trackingCode: String, _ service: String, step number: Int64,
        from: ServiceRequestState?, _ step: Step, at now: Instant, by client: UUID?,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        try await transaction.queue(
            event, .uuid(account), .text(trackingCode), .int64(number), .text(from?.rawValue),
            .text(step.state.rawValue), .text(step.actor.rawValue), .uuid(client),
            .text(step.publicNote), .text(step.internalNote), .timestamp(now))
        if let sealedText = step.sealedText {
            try await transaction.queue(
                text, .uuid(account), .text(trackingCode), .int64(number), .bytes(sealedText))
        }
        let isReport = service == ServiceDefinition.outageReportSlug
        let message = OutgoingMessage(
            isReport ? .outageReport : .requestProgress, to: .account(account),
            event: "\(trackingCode)/\(number)"
        ) { json in
            json.field("trackingCode", trackingCode)
            json.field("service", service)
            json.field("state", step.state.rawValue)
            // What staff write may hold a link that somebody has talked them into.
            json.field("note", step.publicNote.flatMap { ChatText.harmless($0, longest: 500) })
            json.field("expectedOn", step.expectedAt.map { LocalDate(of: $0) })
        }
        try await message.queue(at: now, in: transaction)
        // Whoever made the request knows that it is there.
        guard from != nil else { return }
        let change = WebhookEvent(.requestChanged, key: "\(trackingCode)/\(number)", at: now) {
            $0.field("trackingCode", trackingCode)
            $0.field("state", step.state.rawValue)
        }
        try await change.queue(at: now, in: transaction)
    }

    static let lockOne = Statement<LockedServiceRequest>(
        "service_request_lock",
        """
        -- Request $2 of account $1, unless it is deleted, locked.
        select r.account_id, r.tracking_code, r.service, r.state, r.step, r.completed_at
        from service_requests r
        join accounts a on a.account_id = r.account_id and a.deleted_at is null
        where r.account_id = $1 and r.tracking_code = $2 for update of r
        """)

    static let change = Command(
        "service_request_change",
        """
        -- A step of a request that is locked.
        update service_requests
        set state = $3, step = $4, updated_at = $5, completed_at = $6,
            expected_at = coalesce($7, expected_at)
        where account_id = $1 and tracking_code = $2
        """)

    static let text = Command(
        "service_request_text",
        """
        -- What the customer wrote with a step.
        insert into service_request_texts (account_id, tracking_code, step, sealed_text)
        values ($1, $2, $3, $4)
        """)

    static let event = Command(
        "service_request_event",
        """
        -- A step in the history of a request.
        insert into service_request_events (account_id, tracking_code, step, from_state, to_state,
            actor, client_id, public_note, internal_note, happened_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
}

extension Context {
    /// What a customer wrote with a step of a request; nil where nothing was written.
    func opened(_ sealed: [UInt8]?, of trackingCode: String) throws(Problem) -> String? {
        guard let sealed else { return nil }
        do {
            return try personalData.openedText(sealed, of: trackingCode)
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
    }
}

extension Arguments {
    /// The tracking code in the path; 404 for one that cannot be, as for one that is not there.
    func trackingCode() throws(Problem) -> TrackingCode {
        guard let code = TrackingCode(typed: text("trackingCode")) else {
            throw Problem(.notFound)
        }
        return code
    }
}
