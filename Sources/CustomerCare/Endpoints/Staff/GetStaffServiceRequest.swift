import JSON
import Postgres

/// Shows staff a request with its form; who reads it and why is noted down first.
struct GetStaffServiceRequest: Endpoint {
    static let route = Route.get("/v1/staff/service-requests/{trackingCode}").requiring(.staff)

    let trackingCode: TrackingCode
    let purpose: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        purpose = try arguments.purpose()
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) -> Answer in
            try await StaffServiceRequest.answer(
                trackingCode, purpose: purpose, in: transaction, context: context)
        }
    }
}
