import JSON

/// Lists the chapters of the user guide (Hướng dẫn sử dụng).
struct ListGuides: Endpoint {
    static let route = Route.get("/v1/support/guides").forEverybody()

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {}

    func respond(in context: Context) async throws(Problem) -> Answer {
        var answer = Answer.object { json in
            json.list("items") { json in
                for chapter in context.guides.chapters(in: context.language) {
                    json.element { json in
                        json.field("slug", chapter.slug)
                        json.field("title", chapter.title)
                    }
                }
            }
        }
        answer.language = context.language
        return answer
    }
}
