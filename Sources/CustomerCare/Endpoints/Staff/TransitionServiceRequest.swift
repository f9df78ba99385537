import JSON
import Postgres

/// Takes a request a step further, by a member of staff who has seen its present version.
struct TransitionServiceRequest: Endpoint {
    static let route = Route.post("/v1/staff/service-requests/{trackingCode}/transitions")
        .requiring(.staff)

    let trackingCode: TrackingCode
    let state: ServiceRequestState
    let publicNote: String?
    let internalNote: String?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let word = object?.string("state", length: 1...20)
        let state = word.flatMap(ServiceRequestState.init)
        if word != nil, state == nil { object?.fault("state", .notAllowed) }
        // Who is refused or asked for something is told why.
        let isExplained = state == .rejected || state == .awaitingCustomer
        publicNote =
            isExplained
            ? ServiceText.requiredNote(object, "publicNote")
            : ServiceText.note(object, "publicNote")
        internalNote = ServiceText.note(object, "internalNote")
        if let problem = Problem(faults) { throw problem }
        guard let state else { throw Problem(.invalidRequest) }
        self.state = state
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            let found = try await transaction.queryOne(
                TransitionServiceRequest.lock, .text(trackingCode.text))
            guard var found else { throw Problem(.notFound) }
            try context.requireVersion(Int(found.step))
            try await found.take(
                LockedServiceRequest.Step(
                    state: state, actor: .staff, publicNote: publicNote,
                    internalNote: internalNote),
                at: context.now, by: context.client?.clientId, in: transaction)
            try await context.auditStaff(
                .requestChanged, subject: trackingCode.text, purpose: state.rawValue,
                in: transaction)
            return try await StaffServiceRequest.answer(
                trackingCode, purpose: "transition", in: transaction, context: context)
        }
    }

    static let lock = Statement<LockedServiceRequest>(
        "transition_service_request_lock",
        """
        -- The request of a tracking code, locked.
        select account_id, tracking_code, service, state, step, completed_at
        from service_requests where tracking_code = $1 for update
        """)
}
