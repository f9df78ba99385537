import JSON

/// Shows the contract itself, as it stands in the repository.
struct GetOpenAPI: Endpoint {
    static let route = Route.get("/openapi.yaml").forEverybody()

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {}

    func respond(in context: Context) async throws(Problem) -> Answer {
        var answer = Answer(status: 200, body: context.guides.contract)
        answer.contentType = "application/yaml"
        return answer
    }
}
