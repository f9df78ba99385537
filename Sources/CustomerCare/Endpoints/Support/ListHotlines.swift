import JSON

/// Lists the numbers of the customer-care centre (Gọi Trung tâm CSKH).
struct ListHotlines: Endpoint {
    static let route = Route.get("/v1/support/hotlines").forEverybody()

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {}

    func respond(in context: Context) async throws(Problem) -> Answer {
        var answer = Answer.object { json in
            json.list("items") { json in
                for hotline in context.guides.hotlines {
                    json.element { json in
                        json.field("name", hotline.name.text(in: context.language))
                        json.field("number", hotline.number)
                    }
                }
            }
            json.field("asOf", context.guides.hotlinesAsOf)
        }
        answer.language = context.language
        return answer
    }
}
