import Electricity
import JSON
import Postgres

/// Opens a completed request again, within seven days and with a reason.
struct ReopenServiceRequest: Endpoint {
    static let route = Route.post("/v1/service-requests/{trackingCode}/reopen")

    let account: UUID
    let trackingCode: TrackingCode
    let reason: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let account = AccountMember.read(object)
        let reason = ServiceText.requiredNote(object, "reason")
        if let problem = Problem(faults) { throw problem }
        guard let account, let reason else { throw Problem(.invalidRequest) }
        self.account = account
        self.reason = reason
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            var locked = try await LockedServiceRequest.lock(
                trackingCode, of: account, in: transaction)
            guard
                let until = locked.completedAt?.advanced(
                    bySeconds: ServiceRequest.reopenSeconds),
                context.now <= until
            else { throw Problem(.transitionNotAllowed) }
            let book = context.guides.services
            let level = book.service(locked.service)?.level
            try await locked.take(
                .processing, saying: reason,
                expectedAt: level.map { book.expected($0, from: context.now) },
                in: transaction, context: context)
            return try await ServiceRequest.answer(
                trackingCode, of: account, in: transaction, context: context)
        }
    }
}
