import JSON

/// Shows a service: its form as JSON Schema, the documents it needs, its service level.
struct GetService: Endpoint {
    static let route = Route.get("/v1/services/{service}").forEverybody()

    let service: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        service = arguments.text("service")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let service = context.guides.services.service(service) else {
            throw Problem(.notFound)
        }
        let language = context.language
        var answer = Answer.object(reserving: 4_096) { json in
            service.writeSummary(to: &json, language: language)
            json.list("documents") { json in
                for document in service.documents { json.element(document.text(in: language)) }
            }
            service.writeForm(to: &json, language: language)
        }
        answer.language = language
        return answer
    }
}
