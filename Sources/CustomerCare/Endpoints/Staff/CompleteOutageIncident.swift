import JSON
import Postgres

/// Ends an incident and every report in it; one that reaches many is ended by two persons.
///
/// The first of them proposes (202), the second, another key, completes it with the same note
/// (200): nobody alone decides what many people are told. Another note is a new proposal.
struct CompleteOutageIncident: Endpoint {
    static let route = Route.post("/v1/staff/outage-incidents/{incident}/completion")
        .requiring(.staff)

    let incident: UUID
    let publicNote: String?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        incident = try arguments.id("incident")
        let faults = JSONFaults()
        publicNote = ServiceText.note(JSONObject(root: body, faults: faults), "publicNote")
        if let problem = Problem(faults) { throw problem }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client else { throw Problem(.unauthenticated) }
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            let found = try await transaction.queryOne(
                CompleteOutageIncident.lock, .uuid(incident))
            guard let found else { throw Problem(.notFound) }
            if !found.isOpen { return CompleteOutageIncident.answer(200, found) }
            let isSecond =
                found.proposedBy != nil && found.proposedBy != client.clientId
                && found.proposedNote == publicNote
            if found.needsTwo, !isSecond {
                let proposed = try await transaction.queryOne(
                    CompleteOutageIncident.propose, .text(found.transformer), .uuid(incident),
                    .uuid(client.clientId), .text(publicNote))
                guard let proposed else { throw Problem(.notFound) }
                try await context.auditStaff(
                    .incidentCompletionProposed, subject: "\(incident)", purpose: publicNote,
                    in: transaction)
                return CompleteOutageIncident.answer(202, proposed)
            }
            try await completeReports(in: transaction, context: context)
            let completed = try await transaction.queryOne(
                CompleteOutageIncident.end, .text(found.transformer), .uuid(incident),
                .timestamp(context.now))
            guard let completed else { throw Problem(.notFound) }
            try await context.auditStaff(
                .incidentCompleted, subject: "\(incident)", purpose: publicNote, in: transaction)
            return CompleteOutageIncident.answer(200, completed)
        }
    }

    /// Completes every report that is open; no step is left out: what waits is taken up first.
    private func completeReports(
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) {
        guard let client = context.client else { throw Problem(.unauthenticated) }
        _ = try await transaction.query(CompleteOutageIncident.lockReports, .uuid(incident))
        let now = Parameter.timestamp(context.now)
        try await transaction.queue(
            CompleteOutageIncident.noteTakenUp, .uuid(incident), now, .uuid(client.clientId))
        try await transaction.queue(CompleteOutageIncident.takeUp, .uuid(incident), now)
        try await transaction.queue(
            CompleteOutageIncident.noteCompleted, .uuid(incident), now, .uuid(client.clientId),
            .text(publicNote))
        // What staff write may hold a link that somebody has talked them into.
        try await transaction.queue(
            CompleteOutageIncident.tell, .uuid(incident), now,
            .text(MessageTopic.outageReport.rawValue),
            .text(publicNote.flatMap { ChatText.harmless($0, longest: 500) }))
        try await transaction.queue(CompleteOutageIncident.complete, .uuid(incident), now)
    }

    private static func answer(_ status: Int, _ incident: OutageIncident) -> Answer {
        Answer.object(status: status, incident.write)
    }

    static let lock = Statement<OutageIncident>(
        "complete_outage_incident_lock",
        """
        -- The incident, locked: no report joins it meanwhile.
        select transformer, incident_id, unit_code, state, report_count, customer_count, began_at,
            last_report_at, suspected_at, proposed_by, proposed_note, completed_at
        from outage_incidents where incident_id = $1 for update
        """)

    static let propose = Statement<OutageIncident>(
        "complete_outage_incident_propose",
        """
        -- The first of two persons wants to end an incident that is locked.
        update outage_incidents set proposed_by = $3, proposed_note = $4
        where transformer = $1 and incident_id = $2
        returning transformer, incident_id, unit_code, state, report_count, customer_count,
            began_at, last_report_at, suspected_at, proposed_by, proposed_note, completed_at
        """)

    /// A report that is held.
    struct LockedReport: Row {
        static let columns = ["tracking_code"]

        init(_ row: inout RowDecoder) throws(RowError) {
            try row.skip()
        }
    }

    static let lockReports = Statement<LockedReport>(
        "complete_outage_incident_lock_reports",
        """
        -- The open reports of an incident, locked: nobody takes a step of one meanwhile.
        select tracking_code from service_requests
        where incident_id = $1 and state in ('received', 'processing', 'awaiting_customer')
        order by account_id, tracking_code for update
        """)

    static let noteTakenUp = Command(
        "complete_outage_incident_note_taken_up",
        """
        -- The step of every report that waits, in its history.
        insert into service_request_events (account_id, tracking_code, step, from_state, to_state,
            actor, client_id, happened_at)
        select account_id, tracking_code, step + 1, state, 'processing', 'staff', $3, $2
        from service_requests
        where incident_id = $1 and state in ('received', 'awaiting_customer')
        """)

    static let takeUp = Command(
        "complete_outage_incident_take_up",
        """
        -- Every report that waits becomes one that is worked on.
        update service_requests set state = 'processing', step = step + 1, updated_at = $2
        where incident_id = $1 and state in ('received', 'awaiting_customer')
        """)

    static let noteCompleted = Command(
        "complete_outage_incident_note_completed",
        """
        -- The end of every report, in its history.
        insert into service_request_events (account_id, tracking_code, step, from_state, to_state,
            actor, client_id, public_note, happened_at)
        select account_id, tracking_code, step + 1, state, 'completed', 'staff', $3, $4, $2
        from service_requests
        where incident_id = $1 and state = 'processing'
        """)

    static let tell = Command(
        "complete_outage_incident_tell",
        """
        -- A message to everybody whose report is being completed.
        insert into outbox (slot, message_id, account_id, topic, parameters, state, due_at,
            attempts, created_at)
        select slot_of(account_id),
            message_id_of($3::text || '/' || account_id || '/' || tracking_code || '/' || step + 1),
            account_id, $3, json_build_object(
                'trackingCode', tracking_code, 'service', service, 'state', 'completed',
                'note', $4::text),
            'waiting', $2, 0, $2
        from service_requests
        where incident_id = $1 and state = 'processing'
        on conflict do nothing
        """)

    static let complete = Command(
        "complete_outage_incident_reports",
        """
        -- Every report is done.
        update service_requests
        set state = 'completed', step = step + 1, updated_at = $2, completed_at = $2
        where incident_id = $1 and state = 'processing'
        """)

    static let end = Statement<OutageIncident>(
        "complete_outage_incident",
        """
        -- The end of an incident that is locked.
        update outage_incidents set state = 'completed', completed_at = $3
        where transformer = $1 and incident_id = $2
        returning transformer, incident_id, unit_code, state, report_count, customer_count,
            began_at, last_report_at, suspected_at, proposed_by, proposed_note, completed_at
        """)
}
