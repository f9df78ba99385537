import JSON
import Postgres

/// Shows an outage with what it touches and what is to be thought of.
struct GetStaffOutage: Endpoint {
    static let route = Route.get("/v1/staff/outages/{outage}").requiring(.staff)

    let outage: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        outage = try arguments.id("outage")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(StaffOutage.find, .uuid(outage))
        guard let found else { throw Problem(.notFound) }
        return found.answer(context: context)
    }
}
