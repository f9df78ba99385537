import Electricity
import JSON
import Testing

@testable import CustomerCare

/// An account that is about to verify a code: what is tried, and what came of it.
struct TestVerification: Sendable {
    let service: TestService
    let account: String
    let code: CustomerCode
    /// The path of the subscription.
    let subscription: String

    /// Adds the code to an account, or to a new one.
    init(of code: CustomerCode, as account: String? = nil, by service: TestService) async throws {
        let path: String
        if let account { path = account } else { path = try await service.newAccount() }
        self.service = service
        self.account = path
        self.code = code
        subscription =
            "\(path)/subscriptions/\(try await service.addSubscription(code.text, as: path))"
    }

    /// Tries a value.
    func attempt(_ method: String, _ value: String) async throws -> TestAnswer {
        try await attempt(#"{"\#(method)":"\#(value)"}"#)
    }

    /// Tries a body.
    func attempt(_ body: String) async throws -> TestAnswer {
        try await service.call("POST", "\(subscription)/verification", body) {
            $0.idempotencyKey = nil
        }
    }

    /// Tries so many values that are surely wrong; the attempts left after each.
    @discardableResult
    func fail(times: Int) async throws -> [Int64?] {
        var left: [Int64?] = []
        for _ in 0..<times {
            let answer = try await attempt("phone", "0999999999")
            #expect(answer.problem == "422 verification_failed")
            left.append(answer.json["attemptsLeft"].int)
        }
        return left
    }

    /// How many attempts the subscription says are left.
    func attemptsLeft() async throws -> Int64? {
        try await service.call("GET", subscription).json["verification"]["attemptsLeft"].int
    }

    /// The customer's profile, as the account may see it.
    func profile() async throws -> TestAnswer {
        try await service.call("GET", "\(account)/customers/\(code)")
    }
}
