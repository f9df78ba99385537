import Electricity
import JSON
import Postgres

/// Reports of one transformer that came together: one cause, most likely.
struct OutageIncident: Row {
    static let columns = [
        "transformer", "incident_id", "unit_code", "state", "report_count", "customer_count",
        "began_at", "last_report_at", "suspected_at", "proposed_by", "proposed_note",
        "completed_at",
    ]

    /// Incidents that reach more codes than this are ended by two persons: the message that the
    /// power is back goes to all of them.
    static let largestForOne: Int32 = 20

    let transformer: String
    let incidentId: UUID
    let unitCode: String
    let state: String
    let reportCount: Int32
    let customerCount: Int32
    let beganAt: Instant
    let lastReportAt: Instant
    let suspectedAt: Instant?
    let proposedBy: UUID?
    /// What the first person wants to tell everybody.
    let proposedNote: String?
    let completedAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        transformer = try row.string()
        incidentId = try row.uuid()
        unitCode = try row.string()
        state = try row.string()
        reportCount = try row.int32()
        customerCount = try row.int32()
        beganAt = try row.instant()
        lastReportAt = try row.instant()
        suspectedAt = try row.optionalInstant()
        proposedBy = try row.optionalUUID()
        proposedNote = try row.optionalString()
        completedAt = try row.optionalInstant()
    }

    var isOpen: Bool { completedAt == nil }
    /// Whether one person is not enough to end it.
    var needsTwo: Bool { customerCount > OutageIncident.largestForOne }

    func write(to json: inout JSONWriter) {
        json.field("incidentId", incidentId.description)
        json.field("transformer", transformer)
        json.field("unitCode", unitCode)
        json.field("state", state)
        json.field("reportCount", Int64(reportCount))
        json.field("customerCount", Int64(customerCount))
        json.field("beganAt", beganAt)
        json.field("lastReportAt", lastReportAt)
        json.field("suspectedAt", suspectedAt)
        json.field("needsTwoPersons", needsTwo)
        json.field("isProposed", proposedBy != nil)
        json.field("proposedNote", proposedNote)
        json.field("completedAt", completedAt)
    }
}
