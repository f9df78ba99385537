import Electricity
import JSON
import Postgres

/// What lists for auditors have in common: days, and a page of them.
struct AuditRange {
    private static let pageSize = 50
    /// Days when nothing is asked, and at most.
    private static let usualDays = 31
    private static let mostDays = 366

    let from: LocalDate?
    /// The last day.
    let to: LocalDate?
    let limit: Int
    /// What is behind this one.
    let start: (cursor: ListCursor, id: UUID)?

    /// Reads `from`, `to`, `limit` and `cursor` of the query.
    init(_ arguments: Arguments) throws(Problem) {
        from = try arguments.queryDate("from")
        to = try arguments.queryDate("to")
        limit = try arguments.queryInteger("limit", in: 1...100) ?? AuditRange.pageSize
        start = try arguments.queryIdCursor()
    }

    /// From the beginning of the first day to the end of the last; the last month when no day is
    /// named.
    func instants(today: LocalDate) throws(Problem) -> (from: Instant, to: Instant) {
        let last = to ?? max(today, from ?? today)
        let first = from ?? last.advanced(byDays: -AuditRange.usualDays)
        guard first <= last else { throw Problem(parameter: "to", .outOfRange) }
        guard last.daysSince1970 - first.daysSince1970 < AuditRange.mostDays else {
            throw Problem(parameter: "from", .outOfRange)
        }
        return (first.start, last.advanced(byDays: 1).start)
    }

    /// The query of the next page.
    func query(_ next: String) -> String {
        var query = "limit=\(limit)&cursor=\(next)"
        if let from { query += "&from=\(from)" }
        if let to { query += "&to=\(to)" }
        return query
    }
}
