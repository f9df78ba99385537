import JSON
import Postgres

/// Rates a completed request from 1 to 5; a later rating replaces an earlier one.
struct RateServiceRequest: Endpoint {
    static let route = Route.post("/v1/service-requests/{trackingCode}/rating")

    let account: UUID
    let trackingCode: TrackingCode
    let rating: Int64
    let comment: String?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let account = AccountMember.read(object)
        let rating = object?.integer("rating", in: 1...5)
        comment = ServiceText.note(object, "comment")
        if let problem = Problem(faults) { throw problem }
        guard let account, let rating else { throw Problem(.invalidRequest) }
        self.account = account
        self.rating = rating
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            let locked = try await LockedServiceRequest.lock(
                trackingCode, of: account, in: transaction)
            guard locked.state == .completed else { throw Problem(.transitionNotAllowed) }
            try await transaction.queue(
                RateServiceRequest.statement, .uuid(account), .text(trackingCode.text),
                .int64(rating), .text(comment))
            return try await ServiceRequest.answer(
                trackingCode, of: account, in: transaction, context: context)
        }
    }

    static let statement = Command(
        "rate_service_request",
        """
        -- What the customer thinks of a request that is locked.
        update service_requests set rating = $3, rating_comment = $4
        where account_id = $1 and tracking_code = $2
        """)
}
