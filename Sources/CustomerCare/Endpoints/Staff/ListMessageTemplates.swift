import JSON
import Postgres

/// Lists what messages say, topic by topic, and what is proposed instead.
struct ListMessageTemplates: Endpoint {
    static let route = Route.get("/v1/staff/message-templates").requiring(.staff)

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        // Nothing is asked for.
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let client = context.client else { throw Problem(.unauthenticated) }
        let approved = try await context.database.query(MessageTemplates.approved)
        let proposals = try await context.database.query(MessageTemplates.proposals)
        let book = context.guides.messages.replacing(
            Dictionary(approved.map { ($0.topic, $0.text) }) { first, _ in first })
        return .object(reserving: 8_192) { json in
            json.list("items") { json in
                for template in MessageTopic.allCases.compactMap(book.template) {
                    let topic = template.topic
                    json.element { json in
                        json.field("topic", topic.rawValue)
                        json.list("parameters") { json in
                            for parameter in template.parameters {
                                json.element { json in
                                    json.field("name", parameter.name)
                                    json.field("kind", parameter.kind.rawValue)
                                }
                            }
                        }
                        let version = approved.first { $0.topic == topic }?.version
                        json.field("version", Int(version ?? 0))
                        json.field("vi", template.text.vietnamese)
                        json.field("en", template.text.english)
                        let proposal = proposals.first { $0.topic == topic }
                        proposal.write(to: &json, reader: client.clientId)
                    }
                }
            }
        }
    }
}

extension MessageTemplates.Proposal? {
    /// Member `proposal`: what is proposed and whether the reader has done so, or null.
    func write(to json: inout JSONWriter, reader: UUID) {
        guard let proposal = self else { return json.nullField("proposal") }
        json.field("proposal") { json in
            json.field("vi", proposal.text.vietnamese)
            json.field("en", proposal.text.english)
            json.field("isYours", proposal.proposedBy == reader)
            json.field("proposedAt", proposal.proposedAt)
        }
    }
}
