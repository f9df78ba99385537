import HTTP
import JSON
import Synchronization
import Testing

@testable import CustomerCare

@Suite("customer-care staff")
struct StaffClientTests {
    /// A terminal, a server that answers as a test says, and what came to it.
    private final class Scene: Sendable {
        private let out = Mutex<[String]>([])
        private let warned = Mutex<[String]>([])
        private let asked = Mutex<[String]>([])
        private let pauses = Mutex<[Int]>([])

        var said: [String] { out.withLock { $0 } }
        var told: [String] { warned.withLock { $0 } }
        /// Method, path, body and the field If-Match of each request.
        var requests: [String] { asked.withLock { $0 } }
        var waits: [Int] { pauses.withLock { $0 } }

        func run(
            _ call: StaffCall, port: UInt16, asJSON isJSON: Bool = false
        ) throws -> CommandOutcome {
            let caller = try SignedCaller(
                url: "http://127.0.0.1:\(port)", keyId: "k", secret: "AAAA", language: .english,
                pause: { [self] count in pauses.withLock { $0.append(count) } })
            let client = StaffClient(
                caller, say: { [self] line in out.withLock { $0.append(line) } },
                warn: { [self] line in warned.withLock { $0.append(line) } })
            return try client.run(call, asJSON: isJSON)
        }

        func note(_ request: Request) {
            var line = request.method?.rawValue ?? "-"
            line += " " + String(decoding: request.target.path, as: UTF8.self)
            if let query = request.target.query {
                line += "?" + String(decoding: query, as: UTF8.self)
            }
            if !request.body.isEmpty { line += " " + String(decoding: request.body, as: UTF8.self) }
            if let tag = request.fields.only("if-match") {
                line += " " + String(decoding: tag, as: UTF8.self)
            }
            asked.withLock { $0.append(line) }
        }
    }

    /// Makes a call of a server that gives these answers, one after the other, the last for ever.
    private func staged(
        _ answers: [Response], _ call: StaffCall, asJSON isJSON: Bool = false,
        _ expect: (CommandOutcome, Scene) throws -> Void
    ) async throws {
        try await FakeServer.run { server in
            let scene = Scene()
            let count = Mutex(0)
            server.answer { request in
                scene.note(request)
                return count.withLock { count in
                    defer { count += 1 }
                    return answers[min(count, answers.count - 1)]
                }
            }
            try expect(try scene.run(call, port: server.port, asJSON: isJSON), scene)
        }
    }

    private func json(_ text: String, status: Int = 200) -> Response {
        Response(status: status, body: Array(text.utf8))
    }

    /// A problem as the service tells it.
    private func refused(_ problem: Problem, retryAfter: Int? = nil) -> Response {
        var json = JSONWriter()
        problem.write(to: &json, language: .english, requestId: "r")
        var response = Response(status: problem.code.status, body: json.bytes)
        if let retryAfter { response.add("Retry-After", "\(retryAfter)") }
        return response
    }

    private let gaps = StaffCall.list(
        "/v1/staff/billing-gaps", ["unit": "PB0601", "month": nil], limit: 150,
        shows: ["customerCode"])
    private let publish = StaffCall.post("/v1/staff/outages/\("1")/publication")

    private func page(_ count: Int, next: String?) -> Response {
        let items = (0..<count).map { "{\"customerCode\":\"PB\($0)\"}" }.joined(separator: ",")
        return json("{\"items\":[\(items)],\"next\":\(next.map { "\"\($0)\"" } ?? "null")}")
    }

    @Test("a part of an address stands for itself, whatever it holds")
    func encoding() {
        let id = "../a b?ớ"
        let path: StaffCall.Path = "/v1/staff/outages/\(id)/publication"
        #expect(path.text == "/v1/staff/outages/..%2Fa%20b%3F%E1%BB%9B/publication")
        let query = PercentEncoding.query([("a", "1&2=3"), ("b", "~x-y_z.")])
        #expect(query == "a=1%262%3D3&b=~x-y_z.")
    }

    // MARK: Lists

    @Test("pages are read up to the bound, and what follows is told")
    func pages() async throws {
        try await staged([page(100, next: "c+1"), page(50, next: "c2")], gaps) { outcome, scene in
            #expect(outcome == .done)
            #expect(
                scene.requests == [
                    "GET /v1/staff/billing-gaps?unit=PB0601&limit=100",
                    "GET /v1/staff/billing-gaps?unit=PB0601&limit=50&cursor=c%2B1",
                ])
            #expect(scene.said.count == 151)
            #expect(scene.said.first == "CUSTOMER CODE")
            #expect(scene.told == ["More follow; a larger --limit shows them."])
        }
    }

    @Test("with --json each row is a line, and an empty list none")
    func lines() async throws {
        try await staged([page(2, next: nil)], gaps, asJSON: true) { outcome, scene in
            #expect(outcome == .done)
            #expect(scene.said == [#"{"customerCode":"PB0"}"#, #"{"customerCode":"PB1"}"#])
            #expect(scene.told.isEmpty)
        }
        try await staged([page(0, next: nil)], gaps, asJSON: true) { _, scene in
            #expect(scene.said.isEmpty && scene.told.isEmpty)
        }
        try await staged([page(0, next: nil)], gaps) { outcome, scene in
            #expect(outcome == .done)
            #expect(scene.said.isEmpty && scene.told == ["Nothing."])
        }
    }

    @Test("a refusal in the middle comes after the rows that were read")
    func broken() async throws {
        let answers = [page(100, next: "c"), refused(Problem(.forbidden))]
        try await staged(answers, gaps) { outcome, scene in
            #expect(outcome == .forbidden)
            #expect(scene.said.count == 101)
            #expect(scene.told.first?.hasPrefix("customer-care: 403 forbidden") == true)
        }
    }

    @Test("only the rows of which a member is true are shown, and all are counted")
    func only() async throws {
        let call = StaffCall.list("/l", limit: 3, only: "waits", shows: ["a"])
        let rows = #"{"items":[{"a":1,"waits":true},{"a":2,"waits":false},{"a":3}],"next":"x"}"#
        try await staged([json(rows)], call) { _, scene in
            #expect(scene.said == ["A", "1"])
            #expect(scene.requests.count == 1)
        }
    }

    // MARK: One thing

    @Test("one thing is shown with its tag and its warnings")
    func record() async throws {
        var outage = json(#"{"place":"Tân An","warnings":["short_notice","new_one"]}"#)
        outage.add("ETag", "\"v7\"")
        let show = StaffCall.get("/v1/staff/outages/\("1")")
        try await staged([outage], show) { outcome, scene in
            #expect(outcome == .done)
            #expect(
                scene.said == [
                    "place     Tân An", "warnings  short_notice", "          new_one",
                    "tag       v7",
                ])
            #expect(
                scene.told == [
                    "WARNING: the notice is shorter than the law wants for planned work "
                        + "(short_notice).",
                    "WARNING: new_one",
                ])
        }
        try await staged([outage], show, asJSON: true) { _, scene in
            #expect(scene.said == [#"{"place":"Tân An","warnings":["short_notice","new_one"]}"#])
            #expect(scene.told.first == "tag v7")
        }
    }

    @Test("a change sends the tag that was seen, with what is not named as it is")
    func amended() async throws {
        let there = json(
            #"{"place":"A","reason":null,"start":"s","scopes":[{"kind":"k","value":"v"}],"x":1}"#)
        let change = StaffCall.put(
            "/v1/staff/outages/\("1")",
            .amended([
                ("place", .text("B")), ("reason", .text(nil)),
                ("start", .instant("2026-12-05 08:00")),
                ("scopes", .pairs([], named: ("kind", "value"))),
            ]), tag: "\"v7\"")
        try await staged([there, json("{}")], change) { outcome, scene in
            #expect(outcome == .done)
            #expect(
                scene.requests == [
                    "GET /v1/staff/outages/1",
                    #"PUT /v1/staff/outages/1 {"place":"B","reason":null,"#
                        + #""start":"2026-12-05T08:00:00+07:00","#
                        + #""scopes":[{"kind":"k","value":"v"}]} "v7""#,
                ])
        }
        try await staged([refused(Problem(.notFound))], change) { outcome, scene in
            #expect(outcome == .notFound)
            #expect(scene.requests.count == 1)
        }
    }

    @Test("what is given is sent, what is not is left out, and nothing at all is no body")
    func bodies() async throws {
        let draft = StaffCall.post(
            "/d",
            [
                "a": .text("x"), "b": .text(nil), "c": .texts(["1", "2"]),
                "d": .pairs([("k", "v")], named: ("kind", "value")), "e": .instant("tomorrow"),
            ])
        let sent = #"{"a":"x","c":["1","2"],"d":[{"kind":"k","value":"v"}],"e":"tomorrow"}"#
        try await staged([json("{}", status: 201)], draft) { _, scene in
            #expect(scene.requests == ["POST /d " + sent])
        }
        try await staged([json("{}")], .post("/d", ["a": .text(nil)])) { _, scene in
            #expect(scene.requests == ["POST /d {}"])
        }
        try await staged([json("{}")], publish) { _, scene in
            #expect(scene.requests == ["POST /v1/staff/outages/1/publication"])
        }
    }

    @Test("what another person must confirm is told")
    func proposed() async throws {
        try await staged([json("{}", status: 202)], publish) { outcome, scene in
            #expect(outcome == .done)
            #expect(scene.told.first?.hasPrefix("Not done yet: it is proposed") == true)
        }
    }

    @Test("a list that is cut off says so")
    func truncated() async throws {
        let search = StaffCall.post("/s", ["a": .text("x")], shows: ["a"])
        try await staged([json(#"{"items":[{"a":1}],"isTruncated":true}"#)], search) { _, scene in
            #expect(scene.said == ["A", "1"])
            #expect(scene.told == ["There are more than these; search for less."])
        }
    }

    @Test("a tag that is none is not sent", arguments: ["", "\"\"", "v 1", "v1\r\nX: y", "ớ"])
    func tags(tag: String) async throws {
        let call = StaffCall.post("/t", ["a": .text("x")], tag: tag)
        try await FakeServer.run { server in
            #expect(throws: SignedCaller.Fault.self) {
                try Scene().run(call, port: server.port)
            }
        }
    }

    // MARK: Refusals

    @Test(
        "each refusal has its exit status, and its detail is told",
        arguments: [
            (Problem.Code.invalidJSON, CommandOutcome.invalid), (.invalidRequest, .invalid),
            (.unauthenticated, .forbidden), (.forbidden, .forbidden), (.notFound, .notFound),
            (.transitionNotAllowed, .later), (.preconditionFailed, .later),
            (.preconditionRequired, .invalid), (.internalError, .failed),
        ])
    func refusals(code: Problem.Code, wanted: CommandOutcome) async throws {
        try await staged([refused(Problem(code))], publish) { outcome, scene in
            #expect(outcome == wanted)
            #expect(scene.requests.count == 1)
            #expect(scene.said.isEmpty)
            #expect(
                scene.told.first
                    == "customer-care: \(code.status) \(code.rawValue): \(code.title.english)")
            #expect(scene.told.contains("    " + code.explanation.english))
        }
    }

    @Test("who has been overtaken is told what to do")
    func overtaken() async throws {
        try await staged([refused(Problem(.preconditionFailed))], publish) { _, scene in
            #expect(
                scene.told.last == "    Look at it again with show, then repeat with its new tag.")
        }
    }

    @Test("who asks too much is told when to ask again, and nothing is waited for")
    func tooMuch() async throws {
        let limited = refused(Problem(.rateLimited), retryAfter: 3_600)
        try await staged([limited], gaps) { outcome, scene in
            #expect(outcome == .later)
            #expect(scene.waits.isEmpty)
            #expect(scene.told.last == "    Try again in 3600 seconds.")
        }
    }

    // MARK: Nobody answers, or not for certain

    @Test("what is certainly not done is tried again, with longer pauses")
    func again() async throws {
        let busy = refused(Problem(.unavailable), retryAfter: 1)
        try await staged([busy, busy, json("{}")], publish) { outcome, scene in
            #expect(outcome == .done)
            #expect(scene.waits == [1_000, 1_000])
        }
        try await staged([busy], gaps) { outcome, scene in
            #expect(outcome == .later)
            #expect(scene.requests.count == 6)
            #expect(scene.waits == [1_000, 1_000, 2_000, 4_000, 8_000])
        }
    }

    @Test("what may have been done is not done a second time")
    func doubt() async throws {
        try await staged([refused(Problem(.outcomeUnknown))], publish) { outcome, scene in
            #expect(outcome == .later)
            #expect(scene.requests.count == 1)
            #expect(scene.told.last == "    Look whether it was done before you repeat it.")
        }
        // Longer than any answer that is taken: it is lost on the way.
        let lost = Response(status: 200, body: [UInt8](repeating: 0x20, count: 16_777_217))
        try await staged([lost], publish) { outcome, scene in
            #expect(outcome == .unreachable)
            #expect(scene.requests.count == 1)
            #expect(
                scene.told == [
                    "customer-care: the answer is too long",
                    "    It may have been done; look before you repeat it.",
                ])
        }
    }

    @Test("a change that was not even begun is not in doubt")
    func notBegun() async throws {
        let change = StaffCall.put("/o", .amended([("place", .text("B"))]), tag: "v1")
        let lost = Response(status: 200, body: [UInt8](repeating: 0x20, count: 16_777_217))
        try await staged([lost], change) { outcome, scene in
            #expect(outcome == .unreachable)
            #expect(scene.requests == [String](repeating: "GET /o", count: 6))
            #expect(scene.told == ["customer-care: the answer is too long"])
        }
    }

    @Test("where nobody listens that is told, after some attempts")
    func unreachable() throws {
        let port = try ListeningSocket(address: "127.0.0.1", port: 0, sharesPort: false).port
        let scene = Scene()
        #expect(try scene.run(publish, port: port) == .unreachable)
        #expect(scene.waits == [500, 1_000, 2_000, 4_000, 8_000])
        #expect(scene.told.count == 1)
        #expect(scene.told.first?.hasPrefix("customer-care: not sent: ") == true)
    }
}
