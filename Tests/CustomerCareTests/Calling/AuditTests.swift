import Electricity
import JSON
import Testing

@testable import CustomerCare

/// What is noted down of whom, and what is not: in the audit, and in the log.
@Suite("Audit")
struct AuditTests {
    /// Actions and codes that are noted down of an account, in order.
    private static func events(
        of account: String, by service: TestService
    ) async throws -> [[String?]] {
        let id = account.dropFirst("/v1/accounts/".count)
        return try await service.database.script(
            """
            select action, customer_code from audit_events
            where account_id = '\(id)' order by happened_at, action
            """)
    }

    @Test("changes of an account, of its subscriptions and verifications are noted in order")
    func changes() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let code = customer.code.text
            let account = try await service.newAccount()
            service.clock.advance(seconds: 1)
            let verification = try await TestVerification(
                of: customer.code, as: account, by: service)
            service.clock.advance(seconds: 1)
            try await verification.fail(times: 1)
            service.clock.advance(seconds: 1)
            _ = try await verification.attempt("phone", "0901234567")
            service.clock.advance(seconds: 1)
            _ = try await service.call("PATCH", verification.subscription, #"{"alias":"Nhà"}"#)
            service.clock.advance(seconds: 1)
            _ = try await service.call("DELETE", verification.subscription)
            service.clock.advance(seconds: 1)
            _ = try await service.call("DELETE", account)
            #expect(
                try await Self.events(of: account, by: service) == [
                    ["account_created", nil], ["subscription_added", code],
                    ["verification_attempted", code], ["verification_attempted", code],
                    ["verification_succeeded", code], ["subscription_renamed", code],
                    ["subscription_removed", code], ["account_deleted", nil],
                ])
        }
    }

    @Test("a row says who asked, when, and in which exchange")
    func row() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            service.clock.advance(seconds: 5)
            let code = try TestCustomer.newCode().text
            let answer = try await service.call(
                "POST", "\(account)/subscriptions", TestService.declaring([code]))
            let rows = try await service.database.script(
                """
                select c.key_id, e.request_id::text,
                    (e.happened_at = timestamptz '2026-11-25 10:00:05+07')::text
                from audit_events e join clients c using (client_id)
                where e.customer_code = '\(code)'
                """)
            let id = try #require(answer.headers["x-request-id"])
            #expect(rows == [[service.database.client.keyId, id, "true"]])
        }
    }

    @Test("what changes nothing is not noted")
    func nothing() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try TestCustomer.newCode().text
            let id = try await service.addSubscription(code, as: account)
            let before = try await Self.events(of: account, by: service)
            // The same again, refused, and not found.
            _ = try await service.addSubscription(code, as: account)
            _ = try await service.call("PATCH", "\(account)/subscriptions/\(id)", "{}")
            _ = try await service.call(
                "PATCH", "\(account)/subscriptions/\(id)", #"{"alias":""}"#)
            _ = try await service.call(
                "POST", "\(account)/subscriptions/\(id)/verification", #"{"phone":"x"}"#)
            _ = try await service.call(
                "DELETE", "\(account)/subscriptions/\(TestRequest.unknownId())")
            _ = try await service.call("GET", "\(account)/customers/\(code)")
            try await service.flushAudit()
            #expect(try await Self.events(of: account, by: service) == before)
        }
    }

    @Test("a value that is not looked at is no attempt")
    func locked() async throws {
        try await TestService.run { service in
            let verification = try await TestVerification(
                of: try TestCustomer.newCode(), by: service)
            try await verification.fail(times: 5)
            _ = try await verification.attempt("phone", "0901234567")
            let events = try await Self.events(of: verification.account, by: service)
            #expect(events.count { $0[0] == "verification_attempted" } == 5)
            #expect(!events.contains { $0[0] == "verification_succeeded" })
        }
    }

    @Test("a repetition with the same Idempotency-Key is noted once")
    func repeated() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            let body = TestService.declaring([try TestCustomer.newCode().text])
            for _ in 0..<3 {
                let answer = try await service.call("POST", "\(account)/subscriptions", body) {
                    $0.idempotencyKey = key
                }
                #expect(answer.status == 202)
            }
            let events = try await Self.events(of: account, by: service)
            #expect(events.count { $0[0] == "subscription_added" } == 1)
        }
    }

    @Test("each read of the profile is noted within a second, look-ups of bills and debts are not")
    func reads() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let before = try await Self.events(of: account, by: service)
            service.clock.advance(seconds: 1)
            let path = "\(account)/customers/\(customer.code)"
            let first = try await service.call("GET", path)
            let second = try await service.call("GET", path)
            for more in ["/bills", "/bills/current", "/bills/2026-10", "/debts"] {
                #expect(try await service.call("GET", path + more).status == 200)
            }
            try await service.flushAudit()
            try await service.flushAudit()
            let events = try await Self.events(of: account, by: service)
            #expect(
                Array(events.dropFirst(before.count))
                    == Array(repeating: ["profile_read", customer.code.text], count: 2))
            let rows = try await service.database.script(
                """
                select request_id::text from audit_events
                where customer_code = '\(customer.code)' and action = 'profile_read'
                """)
            let ids = [first, second].map { $0.headers["x-request-id"] }
            #expect(Set(rows.map { $0[0] }) == Set(ids))
        }
    }

    @Test("a profile that is read by its entity tag is read all the same")
    func conditionalRead() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            try await service.follow(customer, as: account)
            let path = "\(account)/customers/\(customer.code)"
            let tag = try #require(try await service.call("GET", path).headers["etag"])
            let same = try await service.call("GET", path) { $0.set("if-none-match", tag) }
            #expect(same.status == 304)
            try await service.flushAudit()
            let rows = try await service.database.script(
                """
                select count(*) from audit_events
                where customer_code = '\(customer.code)' and action = 'profile_read'
                """)
            #expect(rows == [["2"]])
        }
    }

    @Test("the role of the service can neither change nor delete what was noted")
    func appendOnly() async throws {
        let database = try await TestDatabase.shared()
        for right in ["update", "delete", "truncate"] {
            let rows = try await database.script(
                "select has_table_privilege('customer_care_service', 'audit_events', '\(right)')")
            #expect(rows == [["f"]], "\(right)")
        }
    }

    // MARK: The log

    @Test("no personal data and no code stands in the log, whatever is asked and refused")
    func log() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.bills = [TestBill("2026-10")]
            try await service.add(customer)
            let user = TestRequest.unique()
            let put = try await service.call(
                "PUT", "/v1/accounts", #"{"zaloUserId":"\#(user)"}"#)
            let account = try #require(put.headers["location"])
            let verification = try await TestVerification(
                of: customer.code, as: account, by: service)
            let invoice = customer.bills[0].invoiceId
            let wrong = ["Trần Thị Bé", "0999999999", "301234567", "424242424242"]
            for (method, value) in zip(["name", "phone", "nationalId", "invoiceId"], wrong) {
                _ = try await verification.attempt(method, value)
            }
            _ = try await verification.attempt(#"{"name":"Lê Sai","phone":"0988888888"}"#)
            _ = try await verification.attempt(#"{"name":"Lê Hỏng"#)
            #expect(try await verification.attempt("invoiceId", invoice).status == 200)
            _ = try await service.call(
                "PATCH", verification.subscription, #"{"alias":"Nhà của Lan"}"#)
            let path = "\(account)/customers/\(customer.code)"
            for more in ["", "?phone=0977777777", "/bills", "/bills/x0966666666", "/debts"] {
                _ = try await service.call("GET", path + more)
            }
            _ = try await service.callUnsigned("GET", path)
            let secrets =
                wrong + [
                    "Lê Sai", "0988888888", "Lê Hỏng", "0977777777", "x0966666666", "Lan",
                    customer.code.text, customer.name, "0901234567", "080199012345",
                    "Nguyễn Huệ", invoice, user, "N*** V** A",
                ]
            let lines = service.log.lines()
            #expect(lines.count > 10)
            for line in lines {
                let text = String(decoding: line, as: UTF8.self)
                for secret in secrets { #expect(!text.contains(secret), "\(text)") }
            }
        }
    }

    @Test("a line of the log names the operation, the client and the exchange")
    func logLine() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let trace = String(repeating: "4b", count: 16)
            let answer = try await service.call("GET", account) {
                $0.set("traceparent", "00-\(trace)-00f067aa0ba902b7-01")
            }
            let id = try #require(answer.headers["x-request-id"])
            let lines = service.log.objects().compactMap(\.self).filter {
                $0["requestId"]?.string == id
            }
            #expect(lines.count == 1)
            #expect(lines.first?["operation"]?.string == "getAccount")
            #expect(lines.first?["status"]?.int == 200)
            #expect(lines.first?["client"]?.string == "miniapp")
            #expect(lines.first?["traceId"]?.string == trace)
        }
    }
}
