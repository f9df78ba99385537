import Electricity
import JSON
import Postgres

/// By what an outage is known to touch a customer, the narrowest first.
enum OutageScope: String, CaseIterable {
    case customerCode, transformer, feeder, routeBook, area
}

/// Why the power goes.
enum OutageKind: String {
    case planned, unplanned, loadReduction
}

/// Where an outage stands at an instant.
enum OutageStatus: String {
    case scheduled, ongoing, restored, cancelled
    /// Its announced end has passed, and nobody has said that power is back.
    case ended
}

/// An outage (mất điện) as far as it concerns one customer.
struct Outage: Row {
    static let columns = [
        "outage_id", "kind", "version", "place", "reason", "starts_at", "expected_end_at",
        "restored_at", "cancelled_at", "expected_ends", "updated_at", "matched_by",
    ]

    let outageId: UUID
    let kind: OutageKind
    let version: Int
    let place: String
    let reason: String?
    let start: Instant
    let expectedEnd: Instant?
    let restoredAt: Instant?
    let cancelledAt: Instant?
    /// What end was expected in each version, encoded as the contract has it.
    let expectedEnds: [UInt8]
    let updatedAt: Instant
    let matchedBy: OutageScope

    init(_ row: inout RowDecoder) throws(RowError) {
        outageId = try row.uuid()
        kind = try row.word(OutageKind.self)
        version = Int(try row.int32())
        place = try row.string()
        reason = try row.optionalString()
        start = try row.instant()
        expectedEnd = try row.optionalInstant()
        restoredAt = try row.optionalInstant()
        cancelledAt = try row.optionalInstant()
        expectedEnds = try row.utf8()
        updatedAt = try row.instant()
        matchedBy = try row.word(OutageScope.self)
    }

    /// The outage of a row of a left join, or nil.
    static func optional(_ row: inout RowDecoder) throws(RowError) -> Outage? {
        if try row.isNull() {
            for _ in columns { try row.skip() }
            return nil
        }
        return try Outage(&row)
    }

    /// What is true of it at an instant.
    func status(at now: Instant) -> OutageStatus {
        if cancelledAt != nil { return .cancelled }
        if let restoredAt, restoredAt <= now { return .restored }
        if now < start { return .scheduled }
        // A fault lasts until somebody says that it is mended, whatever was expected.
        if kind != .unplanned, let expectedEnd, expectedEnd <= now { return .ended }
        return .ongoing
    }

    func write(to json: inout JSONWriter, now: Instant) {
        json.field("outageId", outageId.description)
        json.field("kind", kind.rawValue)
        json.field("status", status(at: now).rawValue)
        json.field("version", version)
        json.field("place", place)
        json.field("reason", reason)
        json.field("start", start)
        json.field("expectedEnd", expectedEnd)
        json.field("restoredAt", restoredAt)
        json.field("cancelledAt", cancelledAt)
        json.rawField("expectedEnds", expectedEnds)
        json.field("matchedBy", matchedBy.rawValue)
        json.field("updatedAt", updatedAt)
    }
}
