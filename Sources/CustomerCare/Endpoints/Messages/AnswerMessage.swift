import JSON
import Postgres

/// Answers a text that a person has written to the page; changes nothing and keeps nothing of it.
struct AnswerMessage: Endpoint {
    static let route = Route.post("/v1/accounts/{account}/messages")

    let account: UUID
    let text: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        let faults = JSONFaults()
        let text = JSONObject(root: body, faults: faults)?.string("text", length: 1...2_000)
        if let problem = Problem(faults) { throw problem }
        guard let text else { throw Problem(.invalidRequest) }
        self.text = text
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let reply = try await Chat.reply(to: text, account: account, context: context)
        var answer = Answer.object(reserving: 4_096) { json in
            json.field("intent", reply.intent.name)
            if let month = reply.month {
                json.field("month", month)
            } else {
                json.nullField("month")
            }
            json.list("results") { json in
                for result in reply.results { json.element(result.write) }
            }
            json.field("text", reply.text)
            json.field("language", reply.language.rawValue)
        }
        answer.language = reply.language
        return answer
    }
}
