import Postgres
import Testing

@testable import CustomerCare

@Suite("Problem")
struct ProblemTests {
    @Test("every code has a title and an explanation of its own in both languages")
    func wordings() {
        var titles: Set<String> = []
        for code in Problem.Code.allCases {
            #expect(Problem.wordings[code] != nil, "\(code)")
            for text in [code.title, code.explanation] {
                #expect(!text.vietnamese.isEmpty && !text.english.isEmpty, "\(code)")
                #expect(text.vietnamese != text.english, "\(code)")
            }
            titles.formUnion([code.title.vietnamese, code.title.english])
        }
        #expect(titles.count == 2 * Problem.Code.allCases.count)
    }

    @Test("a page's address is the code with hyphens")
    func pages() {
        #expect(Problem.Code.invalidJSON.page == "/problems/invalid-json")
        #expect(Problem.Code.httpVersionNotSupported.slug == "http-version-not-supported")
    }

    @Test(
        "an error of the database becomes what a caller can do about it",
        arguments: [
            (DatabaseError.unavailable(reason: "x"), Problem.Code.unavailable, 1),
            (.timedOut, .unavailable, 2), (.outcomeUnknown, .outcomeUnknown, 1),
            (.constraintViolated(name: "x", sqlState: "23505"), .internalError, nil),
            (.rejected(sqlState: "42601", message: "x", statement: "x"), .internalError, nil),
            (.misconfigured(reason: "x"), .internalError, nil),
        ] as [(DatabaseError, Problem.Code, Int?)])
    func databaseErrors(error: DatabaseError, code: Problem.Code, retryAfterSeconds: Int?) {
        let problem = Problem(error)
        #expect(problem.code == code)
        #expect(problem.retryAfterSeconds == retryAfterSeconds)
        // What happened inside is for the log alone.
        #expect(problem.reason == error.description)
        #expect(problem.detail == code.explanation)
        #expect(problem.errors.isEmpty)
    }

    @Test("the HTTP server's own refusals have the code of their status")
    func statuses() {
        for status in [408, 413, 414, 417, 431, 501, 503, 505] {
            #expect(Problem.Code(status: status).status == status)
        }
        #expect(Problem.Code(status: 400) == .badRequest)
        #expect(Problem.Code(status: 418) == .badRequest)
    }
}
