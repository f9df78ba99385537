import JSON

/// Lists the services that can be asked for (Dịch vụ).
struct ListServices: Endpoint {
    static let route = Route.get("/v1/services").forEverybody()

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {}

    func respond(in context: Context) async throws(Problem) -> Answer {
        let language = context.language
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for service in context.guides.services.services {
                    json.element { service.writeSummary(to: &$0, language: language) }
                }
            }
        }
        answer.language = language
        return answer
    }
}
