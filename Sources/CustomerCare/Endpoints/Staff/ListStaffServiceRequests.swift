import Electricity
import JSON
import Postgres

/// Lists the open requests for staff, the one that is due first before the others; no personal
/// data is in it.
struct ListStaffServiceRequests: Endpoint {
    static let route = Route.get("/v1/staff/service-requests").requiring(.staff)

    /// Requests of one page when nothing else is asked.
    private static let pageSize = 50

    let unit: String?
    let service: String?
    let state: ServiceRequestState?
    let isLate: Bool
    let limit: Int
    let cursor: ListCursor?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        unit = try arguments.queryUnit()
        service = try arguments.queryText("service")
        if let service, !ListStaffServiceRequests.isName(service) {
            throw Problem(parameter: "service", .wrongFormat)
        }
        state = try arguments.queryWord("state", ServiceRequestState.self)
        if let state, !state.isOpen { throw Problem(parameter: "state", .notAllowed) }
        isLate = try arguments.queryFlag("late")
        limit =
            try arguments.queryInteger("limit", in: 1...100) ?? ListStaffServiceRequests.pageSize
        cursor = try arguments.queryRequestCursor()
    }

    /// Whether a text can be the name of a service, be it in the catalogue or not any more.
    private static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.query(
            ListStaffServiceRequests.statement, .text(unit), .text(service),
            .text(state?.rawValue), .timestamp(isLate ? context.now : nil),
            .timestamp(cursor?.instant), .text(cursor?.key),
            .int64(Int64(limit + 1)))
        let last = found.count > limit ? found[limit - 1] : nil
        let next = last.map {
            ListCursor(instant: $0.expectedAt, key: $0.trackingCode).text
        }
        var answer = Answer.object(reserving: 8_192) { json in
            json.list("items") { json in
                for request in found.prefix(limit) {
                    json.element { request.write(to: &$0, now: context.now) }
                }
            }
            json.field("next", next)
        }
        if let next { answer.nextPage = nextPage(next) }
        return answer
    }

    private func nextPage(_ cursor: String) -> String {
        var path = "/v1/staff/service-requests?limit=\(limit)&cursor=\(cursor)"
        if let unit { path += "&unit=\(unit)" }
        if let service { path += "&service=\(service)" }
        if let state { path += "&state=\(state.rawValue)" }
        if isLate { path += "&late=true" }
        return path
    }

    /// A request in the queue.
    struct Line: Row {
        static let columns = [
            "tracking_code", "service", "state", "step", "customer_code", "unit_code",
            "incident_id", "received_at", "expected_at", "updated_at",
        ]

        let trackingCode: String
        let service: String
        let state: ServiceRequestState
        let step: Int32
        let customerCode: String?
        let unitCode: String?
        let incidentId: UUID?
        let receivedAt: Instant
        let expectedAt: Instant
        let updatedAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            trackingCode = try row.string()
            service = try row.string()
            state = try row.word(ServiceRequestState.self)
            step = try row.int32()
            customerCode = try row.optionalString()
            unitCode = try row.optionalString()
            incidentId = try row.optionalUUID()
            receivedAt = try row.instant()
            expectedAt = try row.instant()
            updatedAt = try row.instant()
        }

        func write(to json: inout JSONWriter, now: Instant) {
            json.field("trackingCode", trackingCode)
            json.field("service", service)
            json.field("state", state.rawValue)
            json.field("version", Int64(step))
            json.field("customerCode", customerCode)
            json.field("unitCode", unitCode)
            json.field("incidentId", incidentId?.description)
            json.field("receivedAt", receivedAt)
            json.field("expectedAt", expectedAt)
            json.field("isLate", state.isOpen && expectedAt < now)
            json.field("updatedAt", updatedAt)
        }
    }

    static let statement = Statement<Line>(
        "list_staff_service_requests",
        """
        -- The open requests after ($5, $6) of unit $1, service $2, state $3, due before $4, each
        -- only where it is given; the one that is due first before the others.
        select tracking_code, service, state, step, customer_code, unit_code, incident_id,
            received_at, expected_at, updated_at
        from service_requests
        where state in ('received', 'processing', 'awaiting_customer')
            and ($1::text is null or unit_code = $1) and ($2::text is null or service = $2)
            and ($3::text is null or state = $3)
            and ($4::timestamptz is null or expected_at < $4)
            and ($5::timestamptz is null or (expected_at, tracking_code) > ($5, $6))
        order by expected_at, tracking_code limit $7
        """)
}
