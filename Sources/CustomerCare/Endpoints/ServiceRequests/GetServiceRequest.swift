import JSON
import Postgres

/// Shows how far a request of an account has come, with its history.
struct GetServiceRequest: Endpoint {
    static let route = Route.get("/v1/service-requests/{trackingCode}")

    let account: UUID
    let trackingCode: TrackingCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.queryAccount()
        trackingCode = try arguments.trackingCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(
            ServiceRequest.statement, .uuid(account), .text(trackingCode.text))
        guard let found else { throw Problem(.notFound) }
        let shown = try await ServiceRequest.Surroundings(
            account, trackingCode, in: context.database)
        return try found.answer(shown, context: context)
    }
}
