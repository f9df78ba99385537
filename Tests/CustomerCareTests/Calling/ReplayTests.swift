import Electricity
import JSON
import Testing

@testable import CustomerCare

/// A signed message counts once.
@Suite("Replay")
struct ReplayTests {
    /// Signs a request once and sends it so often.
    private static func send(
        _ request: TestRequest, times: Int, to service: TestService
    ) async throws -> [TestAnswer] {
        var signed = request
        try signed.sign(as: service.database.client, at: service.clock.now)
        var answers: [TestAnswer] = []
        for _ in 0..<times { answers.append(try await service.send(signed)) }
        return answers
    }

    @Test("a read that is sent again is refused")
    func read() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            for method in ["GET", "HEAD"] {
                let answers = try await Self.send(
                    TestRequest(method, account), times: 3, to: service)
                #expect(answers.map(\.status) == [200, 401, 401])
                #expect(answers[1].headers["accept-signature"] != nil)
            }
        }
    }

    @Test("another request with a nonce that was used is refused, whatever else it says")
    func reusedNonce() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let nonce = TestRequest.unique()
            let first = try await service.call("GET", account) { $0.nonce = nonce }
            #expect(first.status == 200)
            let second = try await service.call("GET", "\(account)/subscriptions") {
                $0.nonce = nonce
                $0.clockSkew = 1
            }
            #expect(second.problem == "401 unauthenticated")
            let client = try await service.database.newClient()
            try await service.reloadClients()
            let other = try await service.call(as: client, "GET", account) { $0.nonce = nonce }
            #expect(other.status == 200)
        }
    }

    @Test("a write that is sent again has no second effect")
    func writes() async throws {
        try await TestService.run { service in
            let body = #"{"zaloUserId":"\#(TestRequest.unique())"}"#
            let put = try await Self.send(
                TestRequest("PUT", "/v1/accounts", body), times: 3, to: service)
            #expect(put.map(\.status) == [201, 401, 401])
            let account = try #require(put[0].headers["location"])
            let add = TestRequest(
                "POST", "\(account)/subscriptions",
                TestService.declaring([try TestCustomer.newCode().text]))
            let added = try await Self.send(add, times: 2, to: service)
            #expect(added.map(\.status) == [202, 401])
            let id = try #require(added[0].json["items"][0]["subscriptionId"].string)
            let subscription = "\(account)/subscriptions/\(id)"
            let patched = try await Self.send(
                TestRequest("PATCH", subscription, #"{"alias":"x"}"#), times: 2, to: service)
            #expect(patched.map(\.status) == [200, 401])
            let deleted = try await Self.send(
                TestRequest("DELETE", subscription), times: 2, to: service)
            #expect(deleted.map(\.status) == [204, 401])
            let gone = try await Self.send(TestRequest("DELETE", account), times: 2, to: service)
            #expect(gone.map(\.status) == [204, 401])
        }
    }

    @Test("an update that is kept back and sent again does not undo a later one")
    func lateReplay() async throws {
        try await TestService.run { service in
            let user = TestRequest.unique()
            var old = TestRequest(
                "PUT", "/v1/accounts", #"{"zaloUserId":"\#(user)","locale":"en"}"#)
            try old.sign(as: service.database.client, at: service.clock.now)
            let account = try #require(try await service.send(old).headers["location"])
            _ = try await service.call(
                "PUT", "/v1/accounts", #"{"zaloUserId":"\#(user)","locale":"vi"}"#)
            for seconds: Int64 in [0, 299, 1, 1, 600] {
                service.clock.advance(seconds: seconds)
                #expect(try await service.send(old).problem == "401 unauthenticated")
            }
            #expect(try await service.call("GET", account).json["locale"].string == "vi")
        }
    }

    @Test("a verification that is sent again is not looked at and not counted")
    func verification() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let path = "\(verification.subscription)/verification"
            let wrong = try await Self.send(
                TestRequest("POST", path, #"{"phone":"0999999999"}"#), times: 3, to: service)
            #expect(wrong.map(\.status) == [422, 401, 401])
            #expect(try await verification.attemptsLeft() == 4)
            let right = try await Self.send(
                TestRequest("POST", path, #"{"phone":"0901234567"}"#), times: 2, to: service)
            #expect(right.map(\.status) == [200, 401])
            // Active already: nothing is counted, the signature is used up all the same.
            let again = try await Self.send(
                TestRequest("POST", path, #"{"phone":"0901234567"}"#), times: 2, to: service)
            #expect(again.map(\.status) == [200, 401])
        }
    }

    @Test("of twenty copies of a write at once one takes effect")
    func concurrency() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            var request = TestRequest(
                "POST", "\(account)/subscriptions",
                TestService.declaring([try TestCustomer.newCode().text]))
            request.idempotencyKey = TestRequest.unique()
            try request.sign(as: service.database.client, at: service.clock.now)
            let signed = request
            let answers = try await service.atOnce(20) { _ in try await service.send(signed) }
            #expect(answers.count { $0.status == 202 } == 1)
            // Those who came while the first was at work were told so.
            #expect(
                answers.allSatisfy {
                    [202, 401].contains($0.status) || $0.code == "request_in_progress"
                })
        }
    }

    @Test("a write that failed has not used up its signature")
    func failed() async throws {
        try await TestService.run { service in
            let unknown = "/v1/accounts/\(TestRequest.unknownId())"
            let answers = try await Self.send(
                TestRequest("DELETE", unknown), times: 2, to: service)
            #expect(answers.map(\.status) == [404, 404])
        }
    }
}
