import Electricity
import Postgres

/// Completes the reports that were told a known outage, when it is over.
///
/// Any number of instances may do so at once: whoever locks a report first takes its steps.
struct OutageReportWatch {
    /// Reports of one run.
    private static let batch: Int64 = 200

    let database: DatabaseAccess<Problem>
    let world: World
    /// Told why a report could not be completed.
    let failed: (String) -> Void

    /// Looks at every report whose outage is over; the next run goes on where this one stopped.
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            let now = world.now()
            let due = try await database.query(
                OutageReportWatch.due, .timestamp(now), .int64(OutageReportWatch.batch))
            for report in due { try await look(at: report, now: now) }
            return true
        } catch {
            // Away or busy: what is due stays due.
            return false
        }
    }

    /// Completes one report; a fault of ours is told to the log and holds up no other report.
    private func look(at report: Due, now: Instant) async throws(Problem) {
        do throws(Problem) {
            try await complete(report, now: now)
        } catch {
            guard error.code == .internalError else { throw error }
            failed(error.reason ?? error.code.rawValue)
        }
    }

    private func complete(_ report: Due, now: Instant) async throws(Problem) {
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            let found = try await transaction.queryOne(
                LockedServiceRequest.lockOne, .uuid(report.accountId), .text(report.trackingCode))
            // Deleted or done meanwhile: nothing is left to do.
            guard var found, found.state.isOpen else { return }
            if found.state != .processing {
                try await found.take(
                    LockedServiceRequest.Step(state: .processing, actor: .system), at: now,
                    by: nil, in: transaction)
            }
            try await found.take(
                LockedServiceRequest.Step(state: .completed, actor: .system), at: now, by: nil,
                in: transaction)
        }
    }

    /// A report whose outage is over.
    struct Due: Row {
        static let columns = ["account_id", "tracking_code"]
        let accountId: UUID
        let trackingCode: String

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
            trackingCode = try row.string()
        }
    }

    static let due = Statement<Due>(
        "outage_report_watch_due",
        """
        -- The open reports whose outage was over by $1. One of a cancelled outage, or of a fault
        -- that nobody has mended, is for staff.
        select r.account_id, r.tracking_code
        from service_requests r
        join outages o on o.outage_id = r.outage_id
        where r.outage_id is not null and r.state in ('received', 'processing', 'awaiting_customer')
            and o.over_at <= $1 and o.cancelled_at is null
        limit $2
        """)
}
