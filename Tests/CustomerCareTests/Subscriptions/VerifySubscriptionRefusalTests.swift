import Electricity
import JSON
import Testing

@testable import CustomerCare

/// Verifications that are refused for another reason than too many of them.
@Suite("verifySubscription, refused")
struct VerifySubscriptionRefusalTests {
    @Test("a wrong value of a real code answers as any value of a code that nobody has")
    func unknownCode() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let values = [
                ("name", "Trần Thị Bé"), ("phone", "0999999999"), ("nationalId", "301234567"),
                ("invoiceId", "1"),
            ]
            for (method, value) in values {
                let real = try await TestVerification(of: customer.code, by: service)
                let unknown = try await TestVerification(
                    of: try TestCustomer.newCode(), by: service)
                let first = try await real.attempt(method, value)
                let second = try await unknown.attempt(method, value)
                #expect(first.problem == "422 verification_failed")
                #expect(first.json["attemptsLeft"].int == 4)
                #expect(first.comparable == second.comparable)
                #expect(first.headers.keys.sorted() == second.headers.keys.sorted())
            }
        }
    }

    @Test("who is not served is told so only after a right value, which is not counted")
    func notServed() async throws {
        try await TestService.run { service in
            var many = try TestCustomer()
            many.periodsPerMonth = 3
            var ended = try TestCustomer()
            ended.contractStatus = .ended
            let cases = [(many, "customer_not_eligible"), (ended, "contract_ended")]
            for (customer, code) in cases {
                try await service.add(customer)
                let verification = try await TestVerification(of: customer.code, by: service)
                #expect(try await verification.fail(times: 1) == [4])
                let right = try await verification.attempt("phone", "0901234567")
                #expect(right.problem == "422 \(code)")
                #expect(right.json["attemptsLeft"].isNull)
                #expect(try await verification.attemptsLeft() == 5)
                #expect(try await verification.profile().problem == "404 not_found")
                let got = try await service.call("GET", verification.subscription)
                #expect(got.json["state"].string == "pending")
            }
        }
    }

    @Test("an expired subscription, another's and one that never was are not found alike")
    func notFound() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let stranger = try await service.newAccount()
            let owner = try await TestVerification(of: customer.code, by: service)
            let body = #"{"phone":"0901234567"}"#
            let id = try #require(owner.subscription.split(separator: "/").last)
            let foreign = try await service.call(
                "POST", "\(stranger)/subscriptions/\(id)/verification", body)
            #expect(foreign.problem == "404 not_found")
            let unknown = try await service.call(
                "POST", "\(stranger)/subscriptions/\(TestRequest.unknownId())/verification", body)
            #expect(foreign.comparable == unknown.comparable)
            #expect(try await owner.attemptsLeft() == 5)
            service.clock.advance(seconds: 900)
            let expired = try await owner.attempt(body)
            #expect(expired.comparable == foreign.comparable)
            #expect(try await owner.profile().problem == "404 not_found")
        }
    }

    @Test("a removed subscription cannot be verified")
    func removed() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let removed = try await service.call("DELETE", verification.subscription)
            #expect(removed.status == 204)
            let answer = try await verification.attempt("phone", "0901234567")
            #expect(answer.problem == "404 not_found")
        }
    }

    @Test("what cannot be right is named and is no attempt")
    func malformed() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let long = String(repeating: "a", count: 201)
            let cases: [(body: String, fields: [String])] = [
                ("{}", ["#"]), ("[]", ["#"]), (#"{"name":null}"#, ["#"]),
                (#"{"name":"An","phone":"0901234567"}"#, ["#/name", "#/phone"]),
                (#"{"nationalId":"301234567","invoiceId":"1"}"#, ["#/nationalId", "#/invoiceId"]),
                (#"{"name":""}"#, ["#/name"]), (#"{"name":"  "}"#, ["#/name"]),
                (#"{"name":"..."}"#, ["#/name"]), (#"{"name":"\#(long)"}"#, ["#/name"]),
                (#"{"name":"An\u202e"}"#, ["#/name"]), (#"{"name":7}"#, ["#/name"]),
                (#"{"phone":901234567}"#, ["#/phone"]), (#"{"phone":"0901"}"#, ["#/phone"]),
                (#"{"phone":"090123456x"}"#, ["#/phone"]),
                (#"{"phone":"0９01234567"}"#, ["#/phone"]),
                (#"{"nationalId":"0801990123"}"#, ["#/nationalId"]),
                (#"{"nationalId":"08019901234a"}"#, ["#/nationalId"]),
                (#"{"invoiceId":""}"#, ["#/invoiceId"]), (#"{"invoiceId":"12a"}"#, ["#/invoiceId"]),
                (#"{"invoiceId":"123456789012345678901"}"#, ["#/invoiceId"]),
            ]
            for (body, fields) in cases {
                let answer = try await verification.attempt(body)
                #expect(answer.problem == "422 invalid_request", "\(body)")
                #expect(answer.wrongFields == fields, "\(body)")
            }
            for body in ["", #"{"phone":"#] {
                #expect(try await verification.attempt(body).problem == "400 invalid_json")
            }
            #expect(try await verification.attemptsLeft() == 5)
            let path = try await service.newAccount() + "/subscriptions/x/verification"
            let answer = try await service.call("POST", path, #"{"phone":"0901234567"}"#)
            #expect(answer.wrongFields == ["subscription"])
        }
    }

    @Test("without a signature nothing is verified and nothing counted")
    func unsigned() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            for phone in ["0901234567", "0999999999"] {
                let answer = try await service.callUnsigned(
                    "POST", "\(verification.subscription)/verification",
                    #"{"phone":"\#(phone)"}"#)
                #expect(answer.problem == "401 unauthenticated")
            }
            #expect(try await verification.attemptsLeft() == 5)
        }
    }
}
