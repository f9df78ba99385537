import Electricity
import JSON
import Testing

@testable import CustomerCare

/// Idempotency-Key: a request that is repeated takes effect once and is answered as before.
@Suite("Idempotency")
struct IdempotencyTests {
    private static func add(
        _ codes: [String], to account: String, key: String, as client: TestClient? = nil,
        by service: TestService
    ) async throws -> TestAnswer {
        try await service.call(
            as: client ?? service.database.client, "POST", "\(account)/subscriptions",
            TestService.declaring(codes)
        ) { $0.idempotencyKey = key }
    }

    /// Sends Idempotency-Key exactly so.
    private static func add(
        rawKey: String, to account: String, by service: TestService
    ) async throws -> TestAnswer {
        let body = TestService.declaring([try TestCustomer.newCode().text])
        return try await service.call("POST", "\(account)/subscriptions", body) {
            $0.set("idempotency-key", rawKey)
        }
    }

    @Test("the same key and body get the stored answer, byte for byte, whatever happened since")
    func stored() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            let codes = [try TestCustomer.newCode().text, try TestCustomer.newCode().text]
            let first = try await Self.add(codes, to: account, key: key, by: service)
            #expect(first.status == 202)
            let id = try #require(first.json["items"][0]["subscriptionId"].string)
            service.clock.advance(seconds: 60)
            #expect(
                try await service.call("DELETE", "\(account)/subscriptions/\(id)").status == 204)
            let again = try await Self.add(codes, to: account, key: key, by: service)
            #expect(again.status == 202)
            #expect(again.body == first.body)
            #expect(again.headers["content-type"] == first.headers["content-type"])
            #expect(again.headers["x-request-id"] != first.headers["x-request-id"])
            // Nothing was added by the repetition.
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.count == 1)
        }
    }

    @Test("the same key with another body is refused and has no effect")
    func reused() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            let code = try TestCustomer.newCode().text
            #expect(
                try await Self.add([code], to: account, key: key, by: service).status == 202)
            for codes in [[try TestCustomer.newCode().text], [code.lowercased()], [code, code]] {
                let other = try await Self.add(codes, to: account, key: key, by: service)
                #expect(other.problem == "422 idempotency_key_reused")
            }
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.count == 1)
        }
    }

    @Test("a key may be quoted or bare, and is the same")
    func spelling() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let body = TestService.declaring([try TestCustomer.newCode().text])
            let key = TestRequest.unique()
            var bodies: Set<[UInt8]> = []
            for spelled in ["\"\(key)\"", key] {
                let answer = try await service.call("POST", "\(account)/subscriptions", body) {
                    $0.set("idempotency-key", spelled)
                }
                #expect(answer.status == 202)
                bodies.insert(answer.body)
                service.clock.advance(seconds: 1)
            }
            #expect(bodies.count == 1)
            for length in [1, 255] {
                let long = String(repeating: "k", count: length)
                let answer = try await Self.add(rawKey: long, to: account, by: service)
                #expect(answer.status == 202)
            }
        }
    }

    @Test("a key that is missing, empty, too long or no visible ASCII is refused")
    func malformed() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let keys = [
                "\"\"", "a b", "\"a b\"", "é", "a\"b", "\"a\\\\b\"", "\"abc",
                String(repeating: "k", count: 256),
            ]
            for key in keys {
                let answer = try await Self.add(rawKey: key, to: account, by: service)
                #expect(answer.problem == "400 idempotency_key_missing", "\(key)")
            }
            let body = TestService.declaring([try TestCustomer.newCode().text])
            let missing = try await service.call("POST", "\(account)/subscriptions", body) {
                $0.idempotencyKey = nil
            }
            #expect(missing.problem == "400 idempotency_key_missing")
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
        }
    }

    @Test("operations that need no key ignore one")
    func notNeeded() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let key = TestRequest.unique()
            let statuses = [("0999999999", 422), ("0901234567", 200)]
            for (phone, status) in statuses {
                let answer = try await service.call(
                    "POST", "\(verification.subscription)/verification",
                    #"{"phone":"\#(phone)"}"#
                ) { $0.idempotencyKey = key }
                #expect(answer.status == status)
            }
        }
    }

    @Test("the same key is another one for another account and for another client")
    func independent() async throws {
        try await TestService.run { service in
            let key = TestRequest.unique()
            let code = try TestCustomer.newCode().text
            let client = try await service.database.newClient()
            try await service.reloadClients()
            let first = try await service.newAccount()
            let second = try await service.newAccount()
            let answers = [
                try await Self.add([code], to: first, key: key, by: service),
                try await Self.add([code], to: second, key: key, by: service),
            ]
            #expect(answers.map(\.status) == [202, 202])
            #expect(answers[0].body != answers[1].body)
            let other = try TestCustomer.newCode().text
            let third = try await Self.add([other], to: first, key: key, as: client, by: service)
            #expect(third.status == 202)
            #expect(third.json["items"][0]["customerCode"].string == other)
        }
    }

    @Test("of twenty at once with the same key one has an effect, the others its answer or a wait")
    func concurrency() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            let codes = [try TestCustomer.newCode().text]
            let answers = try await service.atOnce(20) { _ in
                try await Self.add(codes, to: account, key: key, by: service)
            }
            let accepted = answers.filter { $0.status == 202 }
            #expect(!accepted.isEmpty)
            #expect(Set(accepted.map(\.body)).count == 1)
            let waiting = answers.filter { $0.status != 202 }
            #expect(waiting.allSatisfy { $0.problem == "409 request_in_progress" })
            let rows = try await service.database.script(
                """
                select count(*) from audit_events
                where customer_code = '\(codes[0])' and action = 'subscription_added'
                """)
            #expect(rows == [["1"]])
            let later = try await Self.add(codes, to: account, key: key, by: service)
            #expect(later.body == accepted.first?.body)
        }
    }

    @Test("a problem is not stored: the same key may succeed later")
    func problems() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            let codes = try (0..<10).map { _ in try TestCustomer.newCode().text }
            let full = try await Self.add(
                codes, to: account, key: TestRequest.unique(), by: service)
            #expect(full.status == 202)
            let code = [try TestCustomer.newCode().text]
            let refused = try await Self.add(code, to: account, key: key, by: service)
            #expect(refused.problem == "409 subscription_limit_reached")
            let id = try #require(full.json["items"][0]["subscriptionId"].string)
            #expect(
                try await service.call("DELETE", "\(account)/subscriptions/\(id)").status == 204)
            #expect(try await Self.add(code, to: account, key: key, by: service).status == 202)
        }
    }

    @Test("after 48 hours a key is free again, not a second before")
    func expiry() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let key = TestRequest.unique()
            let code = try TestCustomer.newCode().text
            let first = try await Self.add([code], to: account, key: key, by: service)
            service.clock.advance(seconds: 48 * 3_600 - 1)
            let kept = try await Self.add([code], to: account, key: key, by: service)
            #expect(kept.body == first.body)
            service.clock.advance(seconds: 1)
            let other = try TestCustomer.newCode().text
            let new = try await Self.add([other], to: account, key: key, by: service)
            #expect(new.status == 202)
            #expect(new.json["items"][0]["customerCode"].string == other)
            // The new answer is kept for as long.
            service.clock.advance(seconds: 48 * 3_600 - 1)
            let again = try await Self.add([other], to: account, key: key, by: service)
            #expect(again.body == new.body)
        }
    }
}
