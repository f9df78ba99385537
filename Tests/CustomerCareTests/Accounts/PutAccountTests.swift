import Testing

@testable import CustomerCare

/// PUT /v1/accounts: the account of a Zalo user, created or updated.
@Suite("putAccount")
struct PutAccountTests {
    static let path = "/v1/accounts"

    // MARK: Works

    @Test("a new Zalo user gets an account, and the same one however often it is put")
    func upsert() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            let body = #"{"zaloUserId":"\#(user)"}"#
            let first = try await service.call("PUT", Self.path, body)
            #expect(first.status == 201)
            let id = try #require(first.json["accountId"].string)
            #expect(first.headers["location"] == "/v1/accounts/\(id)")
            #expect(first.json["zaloUserId"].string == user)
            #expect(first.json["locale"].string == "vi")
            #expect(first.json["followState"].string == "unknown")
            #expect(first.json["consent"].isNull)
            #expect(first.json["createdAt"].string == "2026-11-25T10:00:00+07:00")
            #expect(first.json["updatedAt"].string == "2026-11-25T10:00:00+07:00")
            service.clock.advance(seconds: 60)
            let second = try await service.call("PUT", Self.path, body)
            #expect(second.status == 200)
            #expect(second.json["accountId"].string == id)
            #expect(second.headers["location"] == nil)
            #expect(second.json["createdAt"].string == "2026-11-25T10:00:00+07:00")
            #expect(second.json["updatedAt"].string == "2026-11-25T10:01:00+07:00")
        }
    }

    @Test("of twenty at once one creates the account and all name the same")
    func concurrency() async throws {
        try await TestService.run { service in
            let body = #"{"zaloUserId":"\#(TestRequest.unique())"}"#
            let answers = try await service.atOnce(20) { _ in
                try await service.call("PUT", Self.path, body)
            }
            let statuses = answers.map(\.status).sorted()
            #expect(statuses == Array(repeating: 200, count: 19) + [201])
            let ids = Set(answers.compactMap { $0.json["accountId"].string })
            #expect(ids.count == 1)
        }
    }

    @Test("the locale stays until another one is put")
    func locale() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            let steps = [("", "vi"), (#","locale":"en""#, "en"), ("", "en")]
            for (member, expected) in steps {
                let answer = try await service.call(
                    "PUT", Self.path, #"{"zaloUserId":"\#(user)"\#(member)}"#)
                #expect(answer.json["locale"].string == expected)
            }
        }
    }

    @Test("consent is kept with its time until another text is agreed to")
    func consent() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            let given = try await service.call(
                "PUT", Self.path,
                #"{"zaloUserId":"\#(user)","consent":{"textVersion":"2026-01"}}"#)
            #expect(given.status == 201)
            #expect(given.json["consent"]["textVersion"].string == "2026-01")
            #expect(given.json["consent"]["givenAt"].string == "2026-11-25T10:00:00+07:00")
            service.clock.advance(seconds: 3_600)
            let silent = try await service.call(
                "PUT", Self.path, #"{"zaloUserId":"\#(user)"}"#)
            #expect(silent.json["consent"] == given.json["consent"])
            let renewed = try await service.call(
                "PUT", Self.path,
                #"{"zaloUserId":"\#(user)","consent":{"textVersion":"2026-02"}}"#)
            #expect(renewed.json["consent"]["textVersion"].string == "2026-02")
            #expect(renewed.json["consent"]["givenAt"].string == "2026-11-25T11:00:00+07:00")
        }
    }

    @Test("fields that the contract does not know are ignored, also those it only answers")
    func unknownFields() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            let answer = try await service.call(
                "PUT", Self.path,
                #"{"zaloUserId":"\#(user)","followState":"following","accountId":7,"x":[{}]}"#)
            #expect(answer.status == 201)
            #expect(answer.json["followState"].string == "unknown")
        }
    }

    @Test("an id of one character and one of sixty-four are ids")
    func shortestAndLongest() async throws {
        try await TestService.run { service in
            let long = String(repeating: "Aa0_-zZ9", count: 8)
            for user in ["-", long] {
                let answer = try await service.call(
                    "PUT", Self.path, #"{"zaloUserId":"\#(user)"}"#)
                #expect(answer.status == 201)
                #expect(answer.json["zaloUserId"].string == user)
            }
        }
    }

    // MARK: Empty

    @Test("no body is no JSON, and an empty object lacks the id")
    func empty() async throws {
        try await TestService.run { service in
            let nothing = try await service.call("PUT", Self.path, "")
            #expect(nothing.problem == "400 invalid_json")
            let empty = try await service.call("PUT", Self.path, "{}")
            #expect(empty.problem == "422 invalid_request")
            #expect(empty.wrongFields == ["#/zaloUserId"])
            #expect(empty.json["errors"][0]["code"].string == "missing")
        }
    }

    // MARK: Malformed

    @Test(
        "an id of other length or bytes is refused",
        arguments: [
            "", String(repeating: "a", count: 65), "a b", "a.b", "a/b", "é", "a\\n",
            "１", " a", "a\\\"", "%41",
        ])
    func malformedId(_ id: String) async throws {
        try await TestService.run { service in
            let answer = try await service.call("PUT", Self.path, #"{"zaloUserId":"\#(id)"}"#)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["#/zaloUserId"])
        }
    }

    @Test("every wrong field is named")
    func everyWrongField() async throws {
        try await TestService.run { service in
            let cases: [(body: String, fields: [String])] = [
                (
                    #"{"zaloUserId":5,"locale":true,"consent":{"textVersion":""}}"#,
                    ["#/zaloUserId", "#/locale", "#/consent/textVersion"]
                ),
                (
                    #"{"locale":"de","consent":[]}"#,
                    ["#/zaloUserId", "#/locale", "#/consent"]
                ),
                (#"{"zaloUserId":null,"consent":{}}"#, ["#/zaloUserId", "#/consent/textVersion"]),
                (#"{"zaloUserId":"a","locale":"VI"}"#, ["#/locale"]),
                (#"{"zaloUserId":"a","locale":"vie"}"#, ["#/locale"]),
                (
                    #"{"zaloUserId":"a","consent":{"textVersion":"a b"}}"#,
                    ["#/consent/textVersion"]
                ),
                (
                    #"{"zaloUserId":"a","consent":{"textVersion":"\#(Self.thirtyThree)"}}"#,
                    ["#/consent/textVersion"]
                ),
                ("[]", ["#"]), ("null", ["#"]), ("7", ["#"]), (#""a""#, ["#"]),
            ]
            for (body, fields) in cases {
                let answer = try await service.call("PUT", Self.path, body)
                #expect(answer.problem == "422 invalid_request", "\(body)")
                #expect(answer.wrongFields == fields, "\(body)")
            }
        }
    }

    private static let thirtyThree = String(repeating: "1", count: 33)

    @Test("broken bytes and syntax are 400")
    func brokenJSON() async throws {
        try await TestService.run { service in
            let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
            let bodies: [[UInt8]] = [
                Array("{".utf8), Array(#"{"zaloUserId":"a"} x"#.utf8),
                Array(#"{"zaloUserId":"a",}"#.utf8), Array(#"{zaloUserId:"a"}"#.utf8),
                Array(#"{"zaloUserId":"a","zaloUserId":"b"}"#.utf8),
                Array(#"{"zaloUserId":"a","x":01}"#.utf8),
                Array(#"{"zaloUserId":"a","x":\#(deep)}"#.utf8),
                [0xEF, 0xBB, 0xBF] + Array(#"{"zaloUserId":"a"}"#.utf8),
                Array(#"{"zaloUserId":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8),
                Array(#"{"zaloUserId":"\ud800"}"#.utf8), Array(#"{"zaloUserId":"a\u0000"}"#.utf8),
            ]
            for body in bodies {
                let answer = try await service.call("PUT", Self.path, "") { $0.body = body }
                #expect(answer.problem == "400 invalid_json", "\(body)")
            }
        }
    }

    @Test("the problem is told in the language that is asked for")
    func language() async throws {
        try await TestService.run { service in
            let english = try await service.call("PUT", Self.path, "{}") {
                $0.set("accept-language", "en-GB, vi;q=0.5")
            }
            #expect(english.headers["content-language"] == "en")
            let vietnamese = try await service.call("PUT", Self.path, "{}")
            #expect(vietnamese.headers["content-language"] == "vi")
            #expect(english.json["detail"] != vietnamese.json["detail"])
            #expect(english.json["code"] == vietnamese.json["code"])
        }
    }

    @Test("without a signature nothing is put")
    func unsigned() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            let body = #"{"zaloUserId":"\#(user)"}"#
            let answer = try await service.callUnsigned("PUT", Self.path, body)
            #expect(answer.problem == "401 unauthenticated")
            let signed = try await service.call("PUT", Self.path, body)
            #expect(signed.status == 201)
        }
    }
}
