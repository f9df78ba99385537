import Electricity
import JSON
import Postgres

/// Puts dead letters back into the queue, to be sent at once.
///
/// A letter that is not there any more, or is no dead one, is passed over: doing it twice does no
/// harm.
struct ReplayDeadLetters: Endpoint {
    static let route = Route.post("/v1/staff/dead-letters/replays").requiring(.staff)

    let messages: [UUID]

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        messages = object?.ids("messageIds", count: 1...100) ?? []
        if let problem = Problem(faults) { throw problem }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let replayed = try await context.write {
            (transaction) async throws(Problem) -> [Replayed] in
            let replayed = try await transaction.query(
                ReplayDeadLetters.statement, .uuids(messages), .timestamp(context.now))
            for letter in replayed {
                try await context.auditStaff(
                    .deadLetterReplayed, subject: "\(letter.messageId)", in: transaction)
            }
            return replayed
        }
        return .object { json in
            json.list("replayed") { json in
                for letter in replayed { json.element(letter.messageId.description) }
            }
        }
    }

    /// A letter that waits again.
    struct Replayed: Row {
        static let columns = ["message_id"]
        let messageId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            messageId = try row.uuid()
        }
    }

    static let statement = Statement<Replayed>(
        "replay_dead_letters",
        """
        -- Those of dead letters $1 that are there, waiting again from $2 on.
        update outbox set state = 'waiting', due_at = $2, attempts = 0
        where state = 'dead' and message_id = any($1)
        returning message_id
        """)
}
