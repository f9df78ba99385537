import JSON
import Postgres

/// Takes a request back that is not over.
struct CancelServiceRequest: Endpoint {
    static let route = Route.post("/v1/service-requests/{trackingCode}/cancel")

    let account: UUID
    let trackingCode: TrackingCode
    let reason: String?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let account = AccountMember.read(object)
        reason = ServiceText.note(object, "reason")
        if let problem = Problem(faults) { throw problem }
        guard let account else { throw Problem(.invalidRequest) }
        self.account = account
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            var locked = try await LockedServiceRequest.lock(
                trackingCode, of: account, in: transaction)
            // Cancelled before: the same answer, so that a repetition does no harm.
            if locked.state != .cancelled {
                try await locked.take(
                    .cancelled, saying: reason, in: transaction, context: context)
            }
            return try await ServiceRequest.answer(
                trackingCode, of: account, in: transaction, context: context)
        }
    }
}
