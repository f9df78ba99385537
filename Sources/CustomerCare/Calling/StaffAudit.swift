import Postgres

/// What staff do that is noted down.
enum StaffAction: String, Sendable, CaseIterable {
    case requestRead = "request_read"
    case attachmentRead = "attachment_read"
    case requestChanged = "request_changed"
    case incidentCompletionProposed = "incident_completion_proposed"
    case incidentCompleted = "incident_completed"
    case paymentResolutionProposed = "payment_resolution_proposed"
    case paymentResolved = "payment_resolved"
    case deadLetterReplayed = "dead_letter_replayed"
    case outageCreated = "outage_created"
    case outageProposed = "outage_proposed"
    case outageChanged = "outage_changed"
    case outagePublished = "outage_published"
    case outageCancelled = "outage_cancelled"
    case outageRestored = "outage_restored"
    case messageTextProposed = "message_text_proposed"
    case messageTextApproved = "message_text_approved"
    case importApproved = "import_approved"
    case customersSearched = "customers_searched"
    case customerRead = "customer_read"
}

extension Context {
    /// Notes down what a member of staff did or read, in the transaction that does it.
    ///
    /// A client with scope `staff` is the key of one person, so the key says who it was.
    func auditStaff(
        _ action: StaffAction, subject: String, purpose: String? = nil,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        // An operation for clients has one.
        guard let client else { throw Problem(.unauthenticated) }
        try await transaction.queue(
            Context.staffAction, .uuid(client.clientId), .uuid(newId()), .text(action.rawValue),
            .text(subject), .text(purpose), .uuid(requestId), .timestamp(now))
    }

    static let staffAction = Command(
        "staff_action",
        """
        -- What a member of staff did.
        insert into staff_actions (client_id, staff_action_id, action, subject, purpose,
            request_id, happened_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        """)

    /// Throws 428 without If-Match, 412 when it names another version than this.
    func requireVersion(_ version: Int) throws(Problem) {
        guard let ifMatch else { throw Problem(.preconditionRequired) }
        guard EntityTag.isCondition(EntityTag.of(version: version), in: ifMatch) else {
            throw Problem(.preconditionFailed)
        }
    }
}
