import JSON

/// Proves to Zalo that this domain is ours: the page it looks for before it tells events.
struct GetZaloDomainProof: Endpoint {
    static let route = Route.get("/zalo_verifier{proof}.html").forEverybody()

    let proof: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        proof = arguments.text("proof")
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        guard let known = context.zalo?.domainProof, proof == known else {
            throw Problem(.notFound)
        }
        // The settings allow letters, digits, '-' and '_' alone.
        let page =
            "<!DOCTYPE html><html><head><title>Zalo</title>"
            + "<meta name=\"zalo-platform-site-verification\" content=\"\(known)\">"
            + "</head><body>\(known)</body></html>\n"
        var answer = Answer(status: 200, body: Array(page.utf8))
        answer.contentType = "text/html; charset=utf-8"
        return answer
    }
}
