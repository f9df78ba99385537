import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Personal data")
struct PrivacyTests {
    /// A customer whose every value can be found again, and what a stranger types.
    private static func secrets(of customer: TestCustomer, _ typed: [String]) -> [String] {
        [
            customer.code.text, customer.name, "Văn", "nguyenvan", customer.phone ?? "-",
            "901234567", customer.nationalId ?? "-", "Nguyễn Huệ", "Tân An",
        ] + typed
    }

    @Test("neither codes nor names, phones or addresses are in the log, whatever is called")
    func log() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            let path = try await service.followed(customer)
            let account = path.split(separator: "/").prefix(3).joined(separator: "/")
            for rest in ["", "/bills", "/bills/2026-10", "/bills/current", "/debts", "/nothing"] {
                _ = try await service.call("GET", path + rest)
            }
            for request in [
                ("PUT", "/v1/accounts", #"{"zaloUserId":"zalo-secret-1"}"#),
                ("PUT", "/v1/accounts", #"{"zaloUserId":"zalo secret 2"}"#),
                ("POST", "/\(account)/subscriptions", #"{"customerCodes":["typed-secret"]}"#),
                ("POST", "/\(account)/subscriptions", TestService.declaring(["PB06991234567"])),
                ("POST", "/\(account)/subscriptions", "{typed-secret"),
            ] {
                _ = try await service.call(request.0, request.1, request.2)
            }
            _ = try await service.send(TestRequest("GET", path + "?name=typed-secret"))
            _ = try await service.call("GET", path + "/bills/typed-secret")
            try await service.database.script(
                """
                update customers set sealed_holder_name = 'typed-secret'
                where customer_code = '\(customer.code)'
                """)
            #expect(try await service.call("GET", path).status == 500)

            let lines = service.log.lines()
            #expect(lines.count >= 12)
            for line in lines {
                let text = String(decoding: line, as: UTF8.self)
                #expect(object(line) != nil, "\(text)")
                for secret in Self.secrets(
                    of: customer, ["secret", "zalo", "PB06991234567", account])
                where text.contains(secret) {
                    Issue.record("\(secret) is in \(text)")
                }
            }
        }
    }

    @Test("a wrong value is not told back, and not what the right one would be")
    func problems() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            let subscription = try await service.addSubscription(customer.code.text, as: account)
            let path = "\(account)/subscriptions/\(subscription)/verification"
            for body in [
                #"{"name":"Typed Secret"}"#, #"{"phone":"0907777777"}"#,
                #"{"nationalId":"777777777777"}"#, #"{"invoiceId":"77777777"}"#,
            ] {
                let answer = try await service.call("POST", path, body)
                #expect(answer.status == 422)
                let told = Self.secrets(of: customer, ["Secret", "7777777"])
                #expect(!told.contains { answer.text.contains($0) }, "\(answer.text)")
            }
        }
    }

    @Test("the database holds no personal data in the clear")
    func database() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let rows = try await service.database.script(
                """
                select encode(convert_to(customers::text, 'UTF8'), 'escape'),
                    encode(sealed_holder_name, 'escape'), encode(sealed_phone, 'escape'),
                    encode(sealed_national_id, 'escape'), encode(sealed_address, 'escape')
                from customers where customer_code = '\(customer.code)'
                """)
            let text = rows.joined().compactMap { $0 }.joined(separator: " ")
            #expect(text.contains(customer.code.text))
            for secret in ["Nguy", "nguyen", "0901234567", "080199012345", "Long An"] {
                #expect(!text.contains(secret), "\(secret)")
            }
        }
    }
}
