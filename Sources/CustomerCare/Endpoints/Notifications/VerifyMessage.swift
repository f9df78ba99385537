import JSON
import Postgres

/// Tells anybody whether the code at the end of a message is one of ours, what the message is about
/// and of which day it is; nobody can be found by it.
struct VerifyMessage: Endpoint {
    static let route = Route.get("/v1/message-verifications/{code}")
        .forEverybody(cachedSeconds: 60).counted()

    private let typed: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        typed = arguments.text("code")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let code = MessageCode(typed: typed, context.authenticity) else {
            throw Problem(.notFound)
        }
        return Answer.object { json in
            json.field("code", code.text(context.authenticity))
            json.field("isGenuine", true)
            json.field("topic", code.topic.rawValue)
            json.field("sentOn", code.day)
        }
    }
}
