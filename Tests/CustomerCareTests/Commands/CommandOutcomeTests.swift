import JSON
import Testing

@testable import CustomerCare

@Suite("How commands that call end")
struct CommandOutcomeTests {
    @Test(
        "every status of the contract has its exit status",
        arguments: [
            (200, 0), (201, 0), (202, 0), (204, 0), (400, 65), (401, 77), (403, 77), (404, 66),
            (405, 1), (409, 75), (412, 75), (413, 65), (415, 65), (422, 65), (428, 65), (429, 75),
            (500, 1), (501, 1), (503, 75), (301, 1),
        ])
    func statuses(status: Int, exit: Int32) {
        #expect(CommandOutcome(status: status).rawValue == exit)
    }

    @Test("a refusal tells title, detail and each field, and nothing that a terminal obeys")
    func refusal() throws {
        let body = """
            {"title":"Yêu cầu\\u001b[2J","detail":"Sai.","code":"invalid_request","errors":[
             {"pointer":"#/start","code":"missing","detail":"Thiếu."},
             {"parameter":"unit","code":"wrong_format"}]}
            """
        let reply = SignedCaller.Reply(
            status: 422, json: try JSONValue.parse(Array(body.utf8)), retryAfterSeconds: 0,
            tag: nil)
        let refusal = Refusal(reply, in: .vietnamese)
        #expect(
            refusal.lines == [
                "customer-care: 422 invalid_request: Yêu cầu\\u001b[2J", "    Sai.",
                "    #/start missing: Thiếu.", "    unit wrong_format",
            ])
        #expect(refusal.outcome == .invalid)
    }

    @Test("what is no problem document is told by its status; an answer that is none has failed")
    func bare() {
        let proxy = SignedCaller.Reply(
            status: 502, json: .null, retryAfterSeconds: 9, tag: nil)
        #expect(
            Refusal(proxy, in: .english).lines == [
                "customer-care: 502", "    Try again in 9 seconds.",
            ])
        let odd = SignedCaller.Reply(status: 204, json: .null, retryAfterSeconds: 0, tag: nil)
        #expect(Refusal(odd, in: .english).outcome == .failed)
    }

    @Test(
        "the language is that of the terminal, if it is one of both",
        arguments: [
            (["LANG": "vi_VN.UTF-8"], "vi"), (["LANG": "en_US"], "en"), (["LANG": "en"], "en"),
            (["LC_ALL": "vi", "LANG": "en_US"], "vi"), (["LC_ALL": "", "LANG": "en_US"], "en"),
            (["LC_MESSAGES": "en_GB.UTF-8", "LANG": "vi_VN"], "en"),
            (["LC_ALL": "C.UTF-8", "LANG": "vi_VN"], nil), (["LANG": "entirely"], nil),
            (["LANG": "vi@x"], "vi"), ([:], nil),
        ] as [([String: String], String?)])
    func languages(environment: [String: String], language: String?) {
        #expect(Language(environment: environment)?.rawValue == language)
    }
}
