import Electricity
import JSON
import Postgres

/// A service request as staff see it, with what was typed into its form.
struct StaffServiceRequest: Row {
    static let columns =
        ListStaffServiceRequests.Line.columns + [
            "account_id", "sealed_form", "rating", "rating_comment",
        ]

    let line: ListStaffServiceRequests.Line
    let accountId: UUID
    let sealedForm: [UInt8]
    let rating: Int32?
    let ratingComment: String?

    init(_ row: inout RowDecoder) throws(RowError) {
        line = try ListStaffServiceRequests.Line(&row)
        accountId = try row.uuid()
        sealedForm = try row.bytes()
        rating = try row.optionalInt32()
        ratingComment = try row.optionalString()
    }

    /// A step with what is told to staff only.
    struct Event: Row {
        static let columns = [
            "to_state", "actor", "client_id", "public_note", "internal_note", "happened_at",
            "sealed_text",
        ]

        let state: String
        let takenBy: String
        let clientId: UUID?
        let publicNote: String?
        let internalNote: String?
        let happenedAt: Instant
        let sealedText: [UInt8]?

        init(_ row: inout RowDecoder) throws(RowError) {
            state = try row.string()
            takenBy = try row.string()
            clientId = try row.optionalUUID()
            publicNote = try row.optionalString()
            internalNote = try row.optionalString()
            happenedAt = try row.instant()
            sealedText = try row.optionalBytes()
        }
    }

    /// Reads a request by the code that is read out on the telephone, and notes down who reads it
    /// and why.
    static func answer(
        _ code: TrackingCode, purpose: String, in transaction: Transaction<Problem>,
        context: Context
    ) async throws(Problem) -> Answer {
        let found = try await transaction.queryOne(statement, .text(code.text))
        guard let found else { throw Problem(.notFound) }
        let history = try await transaction.query(
            history, .uuid(found.accountId), .text(code.text))
        let attachments = try await transaction.query(
            ServiceRequestAttachment.list, .uuid(found.accountId), .text(code.text))
        let texts = try history.map { (event) throws(Problem) in
            try context.opened(event.sealedText, of: code.text)
        }
        let form: [UInt8]
        do {
            // The form of a deleted account is erased.
            form =
                found.sealedForm.isEmpty
                ? Array("{}".utf8)
                : try context.personalData.openedForm(found.sealedForm, of: code)
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
        try await context.auditStaff(
            .requestRead, subject: code.text, purpose: purpose, in: transaction)
        var answer = Answer.object(reserving: 2_048) { json in
            found.write(form, zip(history, texts), to: &json, now: context.now)
            ServiceRequestAttachment.write(attachments, to: &json)
        }
        answer.version = Int(found.line.step)
        return answer
    }

    private func write(
        _ form: [UInt8], _ history: Zip2Sequence<[Event], [String?]>, to json: inout JSONWriter,
        now: Instant
    ) {
        line.write(to: &json, now: now)
        json.list("transitions") { json in
            for state in line.state.nextByStaff { json.element(state.rawValue) }
        }
        json.rawField("form", form)
        json.field("rating", rating.map { Int64($0) })
        json.field("ratingComment", ratingComment)
        json.list("history") { json in
            for (event, text) in history {
                json.element { json in
                    json.field("state", event.state)
                    json.field("by", event.takenBy)
                    json.field("clientId", event.clientId?.description)
                    json.field("publicNote", event.publicNote ?? text)
                    json.field("internalNote", event.internalNote)
                    json.field("at", event.happenedAt)
                }
            }
        }
    }

    static let statement = Statement<StaffServiceRequest>(
        "staff_service_request",
        """
        -- The request of a tracking code, whoever made it.
        select tracking_code, service, state, step, customer_code, unit_code, incident_id,
            received_at, expected_at, updated_at, account_id, sealed_form,
            rating::integer as rating, rating_comment
        from service_requests where tracking_code = $1
        """)

    static let history = Statement<Event>(
        "staff_service_request_history",
        """
        -- The steps of request $2 of account $1, oldest first, 200 at most.
        select e.to_state, e.actor, e.client_id, e.public_note, e.internal_note, e.happened_at,
            t.sealed_text
        from service_request_events e
        left join service_request_texts t on t.account_id = e.account_id
            and t.tracking_code = e.tracking_code and t.step = e.step
        where e.account_id = $1 and e.tracking_code = $2
        order by e.step limit 200
        """)
}
