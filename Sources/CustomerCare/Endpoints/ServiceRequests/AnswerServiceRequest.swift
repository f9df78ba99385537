import JSON
import Postgres

/// Takes the customer's answer to a request that waits for one, which is then processed further.
struct AnswerServiceRequest: Endpoint {
    static let route = Route.post("/v1/service-requests/{trackingCode}/events")

    let account: UUID
    let trackingCode: TrackingCode
    let text: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let account = AccountMember.read(object)
        let text = ServiceText.requiredNote(object, "note")
        if let problem = Problem(faults) { throw problem }
        guard let account, let text else { throw Problem(.invalidRequest) }
        self.account = account
        self.text = text
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            var locked = try await LockedServiceRequest.lock(
                trackingCode, of: account, in: transaction)
            guard locked.state == .awaitingCustomer else { throw Problem(.transitionNotAllowed) }
            try await locked.take(
                .processing, saying: text, in: transaction, context: context)
            return try await ServiceRequest.answer(
                trackingCode, of: account, in: transaction, context: context)
        }
    }
}
