import JSON

/// Shows a chapter of the user guide.
struct GetGuide: Endpoint {
    static let route = Route.get("/v1/support/guides/{slug}").forEverybody()

    let slug: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        slug = arguments.text("slug")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let chapters = context.guides.chapters(in: context.language)
        guard let chapter = chapters.first(where: { $0.slug == slug }) else {
            throw Problem(.notFound)
        }
        var answer = Answer.object(reserving: 4_096) { json in
            json.field("slug", chapter.slug)
            json.field("title", chapter.title)
            json.field("text", chapter.text)
        }
        answer.language = context.language
        return answer
    }
}
