import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("createServiceRequest")
struct CreateServiceRequestTests {
    @Test("a new customer asks for a supply without following any code")
    func newSupply() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let account = try await service.newAccount()
            let answer = try await service.ask(
                "new-supply", TestService.newSupplyForm, as: account)
            #expect(answer.status == 201)
            let code = try #require(answer.json["trackingCode"].string)
            #expect(answer.json["state"].string == "received")
            #expect(answer.json["nextStep"].string == "processing")
            // Five working days after a Wednesday.
            #expect(answer.json["expectedOn"].string == "2026-12-02")
            #expect(answer.json["history"].items.count == 1)
            #expect(
                answer.headers["location"]
                    == "/v1/service-requests/\(code)?account=\(TestService.id(of: account))")
            #expect(!answer.text.contains("Nguyễn Văn An"))
            let stored = try await service.database.script(
                "select encode(sealed_form, 'escape') from service_requests "
                    + "where tracking_code = '\(code)'")
            #expect(stored.first?[0]?.contains("080199012345") == false)
        }
    }

    @Test("the same Idempotency-Key is the same request")
    func repeated() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            var answers: [TestAnswer] = []
            for _ in 0..<2 {
                answers.append(
                    try await service.ask(
                        "new-supply", TestService.newSupplyForm, as: account
                    ) { $0.idempotencyKey = key })
            }
            #expect(answers.map(\.status) == [201, 201])
            #expect(answers[0].body == answers[1].body)
            #expect(answers[0].headers["location"] == answers[1].headers["location"])
            let other = try await service.ask(
                "new-supply", TestService.newSupplyForm.replacing("An\"", with: "Bình\""),
                as: account
            ) { $0.idempotencyKey = key }
            #expect(other.problem == "422 idempotency_key_reused")
        }
    }

    @Test(
        "each field of the form that is wrong is named",
        arguments: [
            ("applicantName", #""""#), ("applicantName", "1"), ("applicantName", #""\u0001""#),
            ("applicantName", #""\u202e""#), ("phone", #""12345678x""#), ("phone", "null"),
            ("nationalId", #""12345678901""#), ("supplyAddress", #""ở""#),
            ("usagePurpose", #""both""#), ("phaseCount", "1"), ("phaseCount", #""2""#),
            ("capacityKW", "0"), ("capacityKW", "10001"), ("capacityKW", "1.5"),
            ("capacityKW", #""5""#), ("householdCount", "-1"), ("unitCode", #""PB06""#),
            ("unitCode", #""PB9999""#), ("note", #""   ""#),
        ])
    func wrongField(name: String, value: String) async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            guard
                case .object(var form) = try JSONValue.parse(
                    Array(TestService.newSupplyForm.utf8))
            else { throw TestFailure("the form is an object") }
            form.removeAll { $0.name == name }
            form.append(JSONMember(name: name, value: try JSONValue.parse(Array(value.utf8))))
            let text = form.map { "\"\($0.name)\":\($0.value.text)" }.joined(separator: ",")
            let answer = try await service.ask("new-supply", "{\(text)}", as: account)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == ["#/form/\(name)"])
        }
    }

    @Test("every missing field is named at once, and so is what is missing around the form")
    func missing() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let empty = try await service.ask("new-supply", "{}", as: account)
            #expect(
                empty.wrongFields
                    == [
                        "applicantName", "phone", "nationalId", "supplyAddress", "usagePurpose",
                        "phaseCount", "capacityKW",
                    ].map { "#/form/" + $0 })
            let none = try await service.call("POST", "/v1/service-requests", "{}")
            #expect(none.wrongFields == ["#/accountId", "#/service", "#/form"])
            let codeless = try await service.ask("meter-check", "{}", as: account)
            #expect(
                codeless.wrongFields == ["#/customerCode", "#/form/reason", "#/form/phone"])
            let code = try TestCustomer.newCode()
            let needless = try await service.ask(
                "new-supply", TestService.newSupplyForm, for: code, as: account)
            #expect(needless.wrongFields == ["#/customerCode"])
            for name in ["payment", "nothing"] {
                let answer = try await service.ask(name, "{}", as: account)
                #expect(answer.wrongFields == ["#/service"])
            }
        }
    }

    @Test("a code that the account does not follow, and an account that is not there, are 404")
    func strangers() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            #expect(try await service.report(customer.code, as: account).problem == "404 not_found")
            let unknown = try await service.report(try TestCustomer.newCode(), as: account)
            #expect(unknown.problem == "404 not_found")
            let nobody = try await service.ask(
                "new-supply", TestService.newSupplyForm, as: TestRequest.unknownId())
            #expect(nobody.problem == "404 not_found")
        }
    }

    // MARK: Reports of outages

    @Test("a second report of a code within two hours is the same, afterwards another")
    func sameReport() async throws {
        try await TestService.run { service in
            let (account, code) = try await service.reporter()
            let first = try await service.report(code, as: account)
            #expect(first.status == 201)
            #expect(first.json["expectedAt"].string == "2026-11-25T12:00:00+07:00")
            service.clock.advance(seconds: 7_199)
            let again = try await service.report(code, as: account)
            #expect(again.status == 200)
            #expect(again.json["trackingCode"] == first.json["trackingCode"])
            service.clock.advance(seconds: 1)
            let later = try await service.report(code, as: account)
            #expect(later.status == 201)
            #expect(later.json["trackingCode"] != first.json["trackingCode"])
        }
    }

    @Test("a report that is over is no longer the same: the power is out again")
    func reportAgain() async throws {
        try await TestService.run { service in
            let (account, code) = try await service.reporter()
            let first = try await service.report(code, as: account)
            let tracking = try #require(first.json["trackingCode"].string)
            #expect(try await service.post("cancel", tracking, of: account).status == 200)
            let again = try await service.report(code, as: account)
            #expect(again.status == 201)
            #expect(again.json["trackingCode"].string != tracking)
        }
    }

    @Test("twenty reports of a code at once are one")
    func atOnce() async throws {
        try await TestService.run { service in
            let (account, code) = try await service.reporter()
            let answers = try await service.atOnce(20) { _ in
                try await service.report(code, as: account)
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            #expect(answers.allSatisfy { $0.status == 200 || $0.status == 201 })
            #expect(Set(answers.compactMap { $0.json["trackingCode"].string }).count == 1)
        }
    }

    @Test("reports of a storm share their commits, and strangers among them spoil nothing")
    func storm() async throws {
        try await TestService.run { service in
            let transformers = (0..<4).map { _ in "T-" + TestRequest.unique() }
            var reporters: [(account: String, code: CustomerCode)] = []
            for number in 0..<24 {
                let reporter = try await service.reporter()
                try await service.link(reporter.code, "transformer", transformers[number % 4])
                reporters.append(reporter)
            }
            let all = reporters
            let answers = try await service.atOnce(30) { number in
                // The last six report codes that they do not follow.
                try await service.report(
                    all[number % 24].code, as: all[number < 24 ? number : number - 23].account)
            }
            #expect(answers.filter { $0.status == 201 }.count == 24)
            #expect(answers.filter { $0.problem == "404 not_found" }.count == 6)
            let names = transformers.map { "'\($0)'" }.joined(separator: ", ")
            let counts = try await service.database.script(
                "select report_count, customer_count, suspected_at is not null "
                    + "from outage_incidents where transformer in (\(names))")
            #expect(counts == Array(repeating: ["6", "6", "t"], count: 4))
            let rows = try await service.database.script(
                "select count(*), count(distinct xmin::text) < 24 from service_requests "
                    + "where transformer in (\(names))")
            #expect(rows == [["24", "t"]])
        }
    }

    @Test("a known outage is told with its expected end, the nearest scope first")
    func knownOutage() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let (account, code) = try await service.reporter()
            try await service.link(code, "feeder", "F-\(code.text)")
            var cancelled = TestOutage(
                "2026-11-25 08:00", "2026-11-25 12:00", scopes: [("customerCode", code.text)])
            cancelled.cancelled = "2026-11-25 07:00"
            try await service.add(cancelled)
            var over = TestOutage(
                "2026-11-25 06:00", "2026-11-25 09:59", scopes: [("customerCode", code.text)])
            over.place = "over"
            try await service.add(over)
            var draft = TestOutage(
                "2026-11-25 08:00", "2026-11-25 12:00", scopes: [("customerCode", code.text)])
            draft.isDraft = true
            try await service.add(draft)
            var running = TestOutage(
                "2026-11-25 08:00", "2026-11-25 11:30", scopes: [("feeder", "F-\(code.text)")])
            running.place = "running"
            try await service.add(running)
            let answer = try await service.report(code, as: account)
            #expect(answer.status == 201)
            #expect(answer.json["knownOutage"]["place"].string == "running")
            #expect(
                answer.json["knownOutage"]["expectedEndAt"].string
                    == "2026-11-25T11:30:00+07:00")
        }
    }

    @Test("a suspended supply is told to standard assurance alone, and to reports alone")
    func suspendedSupply() async throws {
        try await TestService.run { service in
            let (account, code) = try await service.reporter()
            try await service.database.script(
                "update customers set supply_suspended_on = '2026-11-20' "
                    + "where customer_code = '\(code)'")
            let told = try await service.report(code, as: account)
            #expect(told.problem == "422 supply_suspended")
            #expect(told.json["detail"].string?.contains("2026-11-20") == true)
            #expect(
                try await service.ask("meter-check", "{}", for: code, as: account).code
                    != "supply_suspended")
            try await service.database.script(
                "update followers set assurance = 'low' where customer_code = '\(code)'")
            #expect(try await service.report(code, as: account).status == 201)
        }
    }

    @Test("an ended contract is told to standard assurance alone")
    func endedContract() async throws {
        try await TestService.run { service in
            let (account, code) = try await service.reporter()
            try await service.database.script(
                "update customers set contract_status = 'ended' where customer_code = '\(code)'")
            #expect(try await service.report(code, as: account).problem == "422 contract_ended")
            try await service.database.script(
                "update followers set assurance = 'low' where customer_code = '\(code)'")
            #expect(try await service.report(code, as: account).status == 201)
        }
    }

    @Test("reports of one transformer are one incident, suspected from the third code on")
    func incident() async throws {
        try await TestService.run { service in
            let transformer = "T-" + TestRequest.unique()
            var codes: [CustomerCode] = []
            for _ in 0..<3 {
                let (account, code) = try await service.reporter()
                try await service.link(code, "transformer", transformer)
                #expect(try await service.report(code, as: account).status == 201)
                codes.append(code)
                let rows = try await service.database.script(
                    "select customer_count, suspected_at is not null from outage_incidents "
                        + "where transformer = '\(transformer)'")
                #expect(rows == [["\(codes.count)", codes.count == 3 ? "t" : "f"]])
            }
            // The same code by another account counts once, as a report more.
            let second = try await service.newAccount()
            try await service.follow(TestCustomer(of: codes[0]), as: second)
            #expect(try await service.report(codes[0], as: second).status == 201)
            let rows = try await service.database.script(
                "select report_count, customer_count from outage_incidents "
                    + "where transformer = '\(transformer)'")
            #expect(rows == [["4", "3"]])
        }
    }
}

extension TestService {
    /// An account that follows a new code.
    func reporter() async throws -> (account: String, code: CustomerCode) {
        let customer = try await add(try TestCustomer())
        let account = try await newAccount()
        try await follow(customer, as: account)
        return (account, customer.code)
    }
}

extension TestCustomer {
    /// A customer that is there already, with the usual phone number.
    init(of code: CustomerCode) {
        self.code = code
    }
}

extension JSONValue {
    /// The value as JSON text.
    fileprivate var text: String {
        var json = JSONWriter()
        json.array { json in
            switch self {
            case .string(let text): json.element(text)
            case .integer(let number): json.element(number)
            case .boolean(let truth): json.element(truth)
            case .real(let number): json.rawElement(Array("\(number)".utf8))
            default: json.nullElement()
            }
        }
        return String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
