import Electricity
import JSON
import Testing

@testable import CustomerCare

/// PATCH /v1/accounts/{account}/subscriptions/{subscription}: the name a user gives a code.
@Suite("updateSubscription")
struct UpdateSubscriptionTests {
    /// A pending subscription of a new account; its path.
    private static func subscription(by service: TestService) async throws -> String {
        let account = try await service.newAccount()
        let id = try await service.addSubscription(
            try TestCustomer.newCode().text, as: account)
        return "\(account)/subscriptions/\(id)"
    }

    @Test("an alias is given, changed, left alone and taken away")
    func works() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let steps: [(body: String, alias: String?)] = [
                (#"{"alias":"Nhà mẹ"}"#, "Nhà mẹ"), ("{}", "Nhà mẹ"),
                (#"{"alias":"Quán cà phê"}"#, "Quán cà phê"), (#"{"x":1}"#, "Quán cà phê"),
                (#"{"alias":null}"#, nil),
            ]
            for (body, alias) in steps {
                let answer = try await service.call("PATCH", path, body)
                #expect(answer.status == 200)
                #expect(answer.json["alias"].string == alias)
                #expect(answer.json == (try await service.call("GET", path)).json)
            }
        }
    }

    @Test("topics that are not wanted are set as a whole, and kept when the alias changes")
    func mutedTopics() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let steps: [(body: String, topics: [String])] = [
                ("{}", []),
                (
                    #"{"mutedTopics":["reading_day","bill_issued","reading_day"]}"#,
                    ["bill_issued", "reading_day"]
                ),
                (#"{"alias":"Nhà"}"#, ["bill_issued", "reading_day"]),
                (#"{"mutedTopics":["debt_reminder"]}"#, ["debt_reminder"]),
                (#"{"mutedTopics":[]}"#, []),
            ]
            for (body, topics) in steps {
                let answer = try await service.call("PATCH", path, body)
                #expect(answer.status == 200)
                #expect(answer.json["mutedTopics"] == .array(topics.map { .string($0) }))
                #expect(answer.json == (try await service.call("GET", path)).json)
            }
        }
    }

    @Test(
        "what nobody can choose is refused by its place",
        arguments: [
            (#"["welcome"]"#, "#/mutedTopics/0"), (#"["debt_reminder","x"]"#, "#/mutedTopics/1"),
            ("[7]", "#/mutedTopics/0"), (#""debt_reminder""#, "#/mutedTopics"),
            ("null", "#/mutedTopics"), (#"["debt_reminder/0"]"#, "#/mutedTopics/0"),
            ("[\(Array(repeating: "7", count: 51).joined(separator: ","))]", "#/mutedTopics"),
        ])
    func malformedTopics(topics: String, pointer: String) async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let answer = try await service.call("PATCH", path, #"{"mutedTopics":\#(topics)}"#)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == [pointer])
        }
    }

    @Test("nothing but alias and topics can be set")
    func readOnly() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let before = try await service.call("GET", path)
            let answer = try await service.call(
                "PATCH", path,
                #"{"state":"active","assurance":"standard","customerCode":"PB06990000000"}"#)
            #expect(answer.status == 200)
            #expect(answer.json == before.json)
        }
    }

    @Test("an alias is kept in NFC, without white space around it")
    func normalisation() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let decomposed = try await service.call(
                "PATCH", path, #"{"alias":"  Nha\u0300 me\u0323\u0302 "}"#)
            #expect(decomposed.json["alias"].string.map { Array($0.utf8) } == Array("Nhà mệ".utf8))
        }
    }

    @Test("fifty characters are an alias, fifty-one and none are not")
    func length() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let cases: [(alias: String, status: Int)] = [
                ("a", 200), (String(repeating: "ệ", count: 50), 200),
                (String(repeating: "ệ", count: 51), 422), ("", 422),
            ]
            for (alias, status) in cases {
                let answer = try await service.call("PATCH", path, #"{"alias":"\#(alias)"}"#)
                #expect(answer.status == status, "\(alias)")
                if status == 422 { #expect(answer.wrongFields == ["#/alias"]) }
            }
        }
    }

    @Test(
        "what cannot be seen or changes what is seen is no alias",
        arguments: [
            #""a\u202eb""#, #""a\u200bb""#, #""a\nb""#, #""\u0007""#, #""   ""#, #""\u0301""#,
            #""a\ufeff""#, "7", "true", "[]", "{}",
        ])
    func malformedAlias(_ alias: String) async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let answer = try await service.call("PATCH", path, #"{"alias":\#(alias)}"#)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["#/alias"])
            #expect(try await service.call("GET", path).json["alias"].isNull)
        }
    }

    @Test("a body that is no object is refused, broken JSON too")
    func malformed() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let list = try await service.call("PATCH", path, "[]")
            #expect(list.problem == "422 invalid_request")
            #expect(list.wrongFields == ["#"])
            for body in ["", #"{"alias":"#, #"{"alias":"a","alias":"b"}"#] {
                #expect(
                    try await service.call("PATCH", path, body).problem == "400 invalid_json")
            }
            let account = try await service.newAccount()
            let answer = try await service.call("PATCH", "\(account)/subscriptions/x", "{}")
            #expect(answer.wrongFields == ["subscription"])
        }
    }

    @Test("nobody renames another account's subscription")
    func stranger() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let id = try #require(path.split(separator: "/").last)
            let stranger = try await service.newAccount()
            let body = #"{"alias":"Của tôi"}"#
            let foreign = try await service.call("PATCH", "\(stranger)/subscriptions/\(id)", body)
            #expect(foreign.problem == "404 not_found")
            let unknown = try await service.call(
                "PATCH", "\(stranger)/subscriptions/\(TestRequest.unknownId())", body)
            #expect(foreign.comparable == unknown.comparable)
            #expect(try await service.call("GET", path).json["alias"].isNull)
        }
    }

    @Test("an expired subscription cannot be renamed")
    func expired() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            service.clock.advance(seconds: 900)
            let answer = try await service.call("PATCH", path, #"{"alias":"x"}"#)
            #expect(answer.problem == "404 not_found")
        }
    }

    @Test("without a signature nothing is renamed")
    func unsigned() async throws {
        try await TestService.run { service in
            let path = try await Self.subscription(by: service)
            let answer = try await service.callUnsigned("PATCH", path, #"{"alias":"x"}"#)
            #expect(answer.problem == "401 unauthenticated")
            #expect(try await service.call("GET", path).json["alias"].isNull)
        }
    }
}
