import Electricity
import JSON
import Testing

@testable import CustomerCare

/// POST /v1/accounts/{account}/subscriptions: what an account follows, at most ten codes.
@Suite("addSubscriptions")
struct AddSubscriptionsTests {
    private static func newCodes(_ count: Int) throws -> [String] {
        try (0..<count).map { _ in try TestCustomer.newCode().text }
    }

    private static func add(
        _ codes: [String], to account: String, by service: TestService
    ) async throws -> TestAnswer {
        try await service.call(
            "POST", "\(account)/subscriptions", TestService.declaring(codes))
    }

    private static func codes(_ answer: TestAnswer) -> [String] {
        answer.json["items"].items.compactMap { $0["customerCode"].string }
    }

    private static func codes(
        of account: String, by service: TestService
    ) async throws -> [String] {
        codes(try await service.call("GET", "\(account)/subscriptions"))
    }

    // MARK: Works

    @Test("each code gets a pending subscription with what is needed to verify it")
    func works() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let codes = try Self.newCodes(3)
            let answer = try await Self.add(codes, to: account, by: service)
            #expect(answer.status == 202)
            #expect(Self.codes(answer) == codes)
            for item in answer.json["items"].items {
                #expect(
                    item.names == [
                        "subscriptionId", "customerCode", "state", "assurance", "alias",
                        "mutedTopics", "verification", "createdAt",
                    ])
                #expect(item["state"].string == "pending")
                #expect(item["assurance"].isNull)
                #expect(item["alias"].isNull)
                #expect(item["createdAt"].string == "2026-11-25T10:00:00+07:00")
                let verification = item["verification"]
                #expect(
                    verification["methods"].items.compactMap(\.string) == [
                        "name", "phone", "nationalId", "invoiceId",
                    ])
                #expect(verification["attemptsLeft"].int == 5)
                #expect(verification["lockedUntil"].isNull)
                #expect(verification["expiresAt"].string == "2026-11-25T10:15:00+07:00")
            }
            let ids = Set(answer.json["items"].items.compactMap { $0["subscriptionId"].string })
            #expect(ids.count == 3)
        }
    }

    @Test("the declaration is recorded with its time and text")
    func declaration() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let id = try await service.addSubscription(
                try TestCustomer.newCode().text, as: account)
            let rows = try await service.database.script(
                """
                select declaration_text_version,
                    (declared_at = timestamptz '2026-11-25 10:00:00+07')::text
                from subscriptions where subscription_id = '\(id)'
                """)
            #expect(rows == [["2026-01", "true"]])
        }
    }

    @Test("codes are trimmed and taken in upper case, and one said twice is one slot")
    func normalisation() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try TestCustomer.newCode().text
            let answer = try await Self.add(
                [code, "  \(code.lowercased()) ", code], to: account, by: service)
            #expect(answer.status == 202)
            #expect(Self.codes(answer) == [code])
            let again = try await Self.add([" \(code)"], to: account, by: service)
            #expect(again.json == answer.json)
            #expect(try await Self.codes(of: account, by: service) == [code])
        }
    }

    @Test("a live subscription is answered as it is")
    func live() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let other = try TestCustomer.newCode().text
            service.clock.advance(seconds: 60)
            let answer = try await Self.add(
                [other, customer.code.text], to: account, by: service)
            #expect(Self.codes(answer) == [other, customer.code.text])
            let active = answer.json["items"][1]
            #expect(active["state"].string == "active")
            #expect(active["assurance"].string == "standard")
            #expect(active["verification"].isNull)
            #expect(active["createdAt"].string == "2026-11-25T10:00:00+07:00")
            #expect(answer.json["items"][0]["state"].string == "pending")
        }
    }

    @Test("a code that nobody has is answered as a real one")
    func unknownCode() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let real = try await service.add(try TestCustomer())
            let unknown = try TestCustomer.newCode()
            let answers = [
                try await Self.add([real.code.text], to: account, by: service),
                try await Self.add([unknown.text], to: account, by: service),
            ]
            var shapes: [String] = []
            for (answer, code) in zip(answers, [real.code, unknown]) {
                let id = try #require(answer.json["items"][0]["subscriptionId"].string)
                shapes.append(
                    answer.text.replacing(id, with: "-").replacing(code.text, with: "-"))
                #expect(answer.status == 202)
            }
            #expect(shapes[0] == shapes[1])
            #expect(answers[0].headers.keys.sorted() == answers[1].headers.keys.sorted())
        }
    }

    @Test("two accounts follow the same code without knowing of each other")
    func sameCode() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let first = try await service.newAccount()
            try await service.follow(customer, as: first)
            let second = try await service.newAccount()
            let answer = try await Self.add([customer.code.text], to: second, by: service)
            #expect(answer.json["items"][0]["state"].string == "pending")
            #expect(answer.json["items"][0]["verification"]["attemptsLeft"].int == 5)
        }
    }

    // MARK: Ten at most

    @Test("the tenth is accepted, the eleventh is not, and room is made by removing one")
    func limit() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let codes = try Self.newCodes(12)
            let nine = try await Self.add(Array(codes[..<9]), to: account, by: service)
            #expect(nine.status == 202)
            let tenth = try await Self.add([codes[9]], to: account, by: service)
            #expect(tenth.status == 202)
            let eleventh = try await Self.add([codes[10]], to: account, by: service)
            #expect(eleventh.problem == "409 subscription_limit_reached")
            #expect(eleventh.json["limit"].int == 10)
            #expect(eleventh.json["live"].int == 10)
            let known = try await Self.add([codes[0], codes[9]], to: account, by: service)
            #expect(known.status == 202)
            let id = try #require(nine.json["items"][4]["subscriptionId"].string)
            let removed = try await service.call("DELETE", "\(account)/subscriptions/\(id)")
            #expect(removed.status == 204)
            #expect(try await Self.add([codes[10]], to: account, by: service).status == 202)
            let full = try await Self.add([codes[11]], to: account, by: service)
            #expect(full.problem == "409 subscription_limit_reached")
        }
    }

    @Test("what goes over the limit as a whole adds nothing")
    func allOrNothing() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let codes = try Self.newCodes(11)
            #expect(
                try await Self.add(Array(codes[..<8]), to: account, by: service).status == 202)
            let three = try await Self.add(Array(codes[8...]), to: account, by: service)
            #expect(three.problem == "409 subscription_limit_reached")
            #expect(three.json["limit"].int == 10)
            #expect(three.json["live"].int == 8)
            let live = try await Self.codes(of: account, by: service)
            #expect(Set(live) == Set(codes[..<8]))
            // A repetition and a live one take no slot.
            let fits = try await Self.add(
                [codes[0], codes[8], codes[8], codes[9]], to: account, by: service)
            #expect(fits.status == 202)
        }
    }

    @Test("of twenty at once with nine live exactly one wins")
    func concurrency() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let nine = try await Self.add(try Self.newCodes(9), to: account, by: service)
            #expect(nine.status == 202)
            let codes = try Self.newCodes(20)
            let answers = try await service.atOnce(20) { number in
                try await Self.add([codes[number]], to: account, by: service)
            }
            #expect(answers.count { $0.status == 202 } == 1)
            let refused = answers.filter { $0.problem == "409 subscription_limit_reached" }
            #expect(refused.count == 19)
            #expect(refused.allSatisfy { $0.json["live"].int == 10 })
            #expect(try await Self.codes(of: account, by: service).count == 10)
        }
    }

    @Test("the same code added by twenty at once is one subscription")
    func sameCodeAtOnce() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try TestCustomer.newCode().text
            let answers = try await service.atOnce(20) { _ in
                try await Self.add([code], to: account, by: service)
            }
            #expect(answers.allSatisfy { $0.status == 202 })
            let ids = Set(answers.map { $0.json["items"][0]["subscriptionId"].string })
            #expect(ids.count == 1)
        }
    }

    @Test("what is not verified within fifteen minutes is gone and makes room")
    func expiry() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let codes = try Self.newCodes(10)
            let first = try await Self.add(codes, to: account, by: service)
            let id = try #require(first.json["items"][0]["subscriptionId"].string)
            service.clock.advance(seconds: 899)
            let late = try await Self.add(try Self.newCodes(1), to: account, by: service)
            #expect(late.problem == "409 subscription_limit_reached")
            #expect(try await Self.codes(of: account, by: service).count == 10)
            service.clock.advance(seconds: 1)
            #expect(try await Self.codes(of: account, by: service).isEmpty)
            let again = try await Self.add([codes[0]], to: account, by: service)
            #expect(again.status == 202)
            let renewed = again.json["items"][0]
            #expect(renewed["subscriptionId"].string != id)
            #expect(renewed["verification"]["expiresAt"].string == "2026-11-25T10:30:00+07:00")
        }
    }
}

/// Requests to follow a code that are wrong or not allowed.
@Suite("addSubscriptions, refused")
struct AddSubscriptionsRefusalTests {
    private static let confirmed = #""declaration":{"confirmed":true,"textVersion":"2026-01"}"#

    @Test("an unconfirmed declaration is a problem of its own, and adds nothing")
    func declaration() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try TestCustomer.newCode().text
            let answer = try await service.call(
                "POST", "\(account)/subscriptions",
                #"{"customerCodes":["\#(code)"],"#
                    + #""declaration":{"confirmed":false,"textVersion":"2026-01"}}"#)
            #expect(answer.problem == "422 declaration_not_confirmed")
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
        }
    }

    @Test("a malformed code is named by its place, and the others are not added")
    func malformedCode() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let good = try TestCustomer.newCode().text
            let wrong = [
                "", " ", "PB", "PB0699000000", "PB069900000001", "PA06990000001",
                "PB0699000000O", "PB 06990000001", "PB06990000１01", "P\u{411}06990000001",
                "PB06990000001\\u202e", String(repeating: "P", count: 65),
            ]
            for code in wrong {
                let answer = try await service.call(
                    "POST", "\(account)/subscriptions", TestService.declaring([good, code]))
                #expect(answer.problem == "422 invalid_request", "\(code)")
                #expect(answer.wrongFields == ["#/customerCodes/1"], "\(code)")
            }
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
        }
    }

    @Test("every wrong field is named")
    func everyWrongField() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try TestCustomer.newCode().text
            let cases: [(body: String, fields: Set<String>)] = [
                ("{}", ["#/customerCodes", "#/declaration"]),
                ("[]", ["#"]),
                (#"{"customerCodes":"\#(code)",\#(Self.confirmed)}"#, ["#/customerCodes"]),
                (#"{"customerCodes":[],\#(Self.confirmed)}"#, ["#/customerCodes"]),
                (#"{"customerCodes":null,\#(Self.confirmed)}"#, ["#/customerCodes"]),
                (
                    #"{"customerCodes":["x",5,"\#(code)",null,"y"],\#(Self.confirmed)}"#,
                    [
                        "#/customerCodes/0", "#/customerCodes/1", "#/customerCodes/3",
                        "#/customerCodes/4",
                    ]
                ),
                (
                    #"{"customerCodes":["\#(code)"],"declaration":{}}"#,
                    ["#/declaration/confirmed", "#/declaration/textVersion"]
                ),
                (
                    #"{"customerCodes":["z"],"declaration":{"confirmed":"true"}}"#,
                    [
                        "#/customerCodes/0", "#/declaration/confirmed",
                        "#/declaration/textVersion",
                    ]
                ),
                (#"{"customerCodes":["\#(code)"],"declaration":true}"#, ["#/declaration"]),
            ]
            for (body, fields) in cases {
                let answer = try await service.call("POST", "\(account)/subscriptions", body)
                #expect(answer.problem == "422 invalid_request", "\(body)")
                #expect(Set(answer.wrongFields) == fields, "\(body)")
                #expect(answer.wrongFields.count == fields.count, "\(body)")
            }
        }
    }

    @Test("ten codes in one call are taken, eleven are too many")
    func tooMany() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let codes = try (0..<11).map { _ in try TestCustomer.newCode().text }
            let eleven = try await service.call(
                "POST", "\(account)/subscriptions", TestService.declaring(codes))
            #expect(eleven.problem == "422 invalid_request")
            #expect(eleven.wrongFields == ["#/customerCodes"])
            let ten = try await service.call(
                "POST", "\(account)/subscriptions", TestService.declaring(codes.dropLast()))
            #expect(ten.status == 202)
        }
    }

    @Test("broken JSON and no body are 400")
    func broken() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            for body in ["", "{", #"{"customerCodes":[],"customerCodes":[]}"#] {
                let answer = try await service.call("POST", "\(account)/subscriptions", body)
                #expect(answer.problem == "400 invalid_json")
            }
        }
    }

    @Test("an account that is not there is not found, whatever the codes")
    func unknownAccount() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            for code in [customer.code.text, try TestCustomer.newCode().text] {
                let answer = try await service.call(
                    "POST", "/v1/accounts/\(TestRequest.unknownId())/subscriptions",
                    TestService.declaring([code]))
                #expect(answer.problem == "404 not_found")
            }
            let malformed = try await service.call(
                "POST", "/v1/accounts/x/subscriptions",
                TestService.declaring([customer.code.text]))
            #expect(malformed.problem == "422 invalid_request")
            #expect(malformed.wrongFields == ["account"])
        }
    }

    @Test("without a signature nothing is added")
    func unsigned() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let answer = try await service.callUnsigned(
                "POST", "\(account)/subscriptions",
                TestService.declaring([try TestCustomer.newCode().text]))
            #expect(answer.problem == "401 unauthenticated")
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
        }
    }
}
