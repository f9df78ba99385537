import JSON

/// Explains one type of problem: what its `type` address leads to.
struct GetProblemPage: Endpoint {
    static let route = Route.get("/problems/{problem}").forEverybody()

    let problem: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        problem = arguments.text("problem")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let code = Problem.Code.allCases.first(where: { $0.slug == problem }) else {
            throw Problem(.notFound)
        }
        var answer = Answer.object { json in
            json.field("type", code.page)
            json.field("code", code.rawValue)
            json.field("status", code.status)
            json.field("title", code.title.text(in: context.language))
            json.field("description", code.explanation.text(in: context.language))
        }
        answer.language = context.language
        return answer
    }
}
