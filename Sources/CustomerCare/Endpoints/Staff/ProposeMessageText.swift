import JSON
import Postgres

/// Changes what messages of a topic say, by two persons.
///
/// The first proposes (202); another key that sends the same text puts it into use (200): whoever
/// approves has it in hand. Another text is a new proposal. It is in use within seconds.
struct ProposeMessageText: Endpoint {
    static let route = Route.post("/v1/staff/message-templates/{topic}/text").requiring(.staff)

    let topic: MessageTopic
    let text: Wording

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        topic = try arguments.messageTopic()
        text = try MessageWording.read(body)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client else { throw Problem(.unauthenticated) }
        let faults = MessageBook.faults(try context.template(topic, saying: text))
        if !faults.isEmpty { throw ProposeMessageText.problem(faults) }
        return try await context.write { (transaction) async throws(Problem) -> Answer in
            // There is a row to lock then, whoever comes first.
            try await transaction.queue(
                ProposeMessageText.propose, .text(topic.rawValue), .text(text.vietnamese),
                .text(text.english), .uuid(client.clientId), .timestamp(context.now))
            let found = try await transaction.queryOne(
                ProposeMessageText.lock, .text(topic.rawValue))
            // Approved by somebody in this very moment: the next attempt finds what is in use.
            guard let found else { throw Problem(.unavailable) }
            guard found.text == text, found.proposedBy != client.clientId else {
                try await transaction.queue(
                    ProposeMessageText.replace, .text(topic.rawValue), .text(text.vietnamese),
                    .text(text.english), .uuid(client.clientId), .timestamp(context.now))
                try await context.auditStaff(
                    .messageTextProposed, subject: topic.rawValue, in: transaction)
                return answer(202, version: nil)
            }
            let made = try await transaction.queryOne(
                ProposeMessageText.approve, .text(topic.rawValue), .text(text.vietnamese),
                .text(text.english), .uuid(found.proposedBy), .uuid(client.clientId),
                .timestamp(context.now))
            try await transaction.queue(ProposeMessageText.settle, .text(topic.rawValue))
            try await context.auditStaff(
                .messageTextApproved, subject: topic.rawValue, in: transaction)
            return answer(200, version: made.map { Int($0.version) })
        }
    }

    private func answer(_ status: Int, version: Int?) -> Answer {
        Answer.object(status: status) { json in
            json.field("topic", topic.rawValue)
            json.field("state", version == nil ? "proposed" : "approved")
            json.field("version", version)
            json.field("vi", text.vietnamese)
            json.field("en", text.english)
        }
    }

    private static func problem(_ faults: [MessageBook.TextFault]) -> Problem {
        let named = JSONFaults()
        for fault in faults { named.add(.notAllowed, at: "#/\(fault.language.rawValue)") }
        var problem = Problem(named) ?? Problem(.invalidRequest)
        let words = faults.map { "\($0.language.rawValue): \($0.words)" }.joined(separator: "; ")
        problem.detail = Wording(
            "Nội dung tin chưa đúng. \(words).", "The text is wrong: \(words).")
        return problem
    }

    /// The version that a text has become.
    struct Version: Row {
        static let columns = ["version"]
        let version: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            version = try row.int32()
        }
    }

    static let propose = Command(
        "propose_message_text",
        """
        -- What one person wants topic $1 to say, unless somebody wants something already.
        insert into message_text_proposals (topic, text_vi, text_en, proposed_by, proposed_at)
        values ($1, $2, $3, $4, $5)
        on conflict do nothing
        """)

    static let lock = Statement<MessageTemplates.Proposal>(
        "propose_message_text_lock",
        """
        -- The proposal for topic $1, locked.
        select topic, text_vi, text_en, proposed_by, proposed_at from message_text_proposals
        where topic = $1 for update
        """)

    static let replace = Command(
        "propose_message_text_replace",
        """
        -- Another proposal for a topic that is locked.
        update message_text_proposals
        set text_vi = $2, text_en = $3, proposed_by = $4, proposed_at = $5
        where topic = $1
        """)

    static let approve = Statement<Version>(
        "propose_message_text_approve",
        """
        -- The next version of what topic $1 says, which is locked.
        insert into message_texts (topic, version, text_vi, text_en, proposed_by, approved_by,
            approved_at)
        select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6
        from message_texts where topic = $1
        returning version
        """)

    static let settle = Command(
        "propose_message_text_settle",
        """
        -- The proposal is in use.
        delete from message_text_proposals where topic = $1
        """)
}
