import HTTP
import JSON
import Signing
import Synchronization
import Testing

@testable import CustomerCare

/// A partner's system: what it was called with, and how it answers.
final class TestPartner: Sendable {
    /// A call.
    struct Call: Sendable, Equatable {
        let id: String
        let timestamp: String
        let signature: String
        let body: [UInt8]

        var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
    }

    private let state = Mutex((calls: [Call](), status: 200, retryAfter: String?.none))

    var calls: [Call] { state.withLock { $0.calls } }

    /// Answers so from now on.
    func answer(_ status: Int, retryAfter: String? = nil) {
        state.withLock {
            $0.status = status
            $0.retryAfter = retryAfter
        }
    }

    fileprivate func take(_ request: Request) -> Response {
        func field(_ name: String) -> String {
            request.fields.only(name).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        let call = Call(
            id: field("webhook-id"), timestamp: field("webhook-timestamp"),
            signature: field("webhook-signature"), body: request.body)
        return state.withLock { state in
            state.calls.append(call)
            var response = Response(status: state.status)
            if let retryAfter = state.retryAfter { response.add("Retry-After", retryAfter) }
            return response
        }
    }
}

extension TestService {
    /// A client of a partner.
    func newPartner() async throws -> TestClient {
        let client = try await database.newClient(scopes: [.partner])
        try await reloadClients()
        return client
    }

    /// Registers a webhook; its secret.
    @discardableResult
    func webhook(
        _ name: String, of partner: TestClient, _ types: String...
    ) async throws -> [UInt8] {
        let list = types.map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try await call(
            as: partner, "PUT", "/v1/webhooks/\(name)",
            #"{"url":"https://partner.example.vn/events","eventTypes":[\#(list)]}"#)
        try #require(answer.status == 201)
        return try TestService.secret(answer)
    }

    /// The secret in an answer.
    static func secret(_ answer: TestAnswer) throws -> [UInt8] {
        let text = try #require(answer.json["secret"].string)
        return try #require(Base64.decode(Array(text.utf8.dropFirst("whsec_".utf8.count))))
    }

    /// Something that partners are told: a request comes a step further, and another one each time.
    func cause(_ count: Int = 1) async throws {
        for _ in 0..<count {
            let account = try await newAccount()
            let code = try await newRequest(of: account)
            let staff = try await newStaff()
            let moved = try await move(code, to: "processing", version: 1, as: staff)
            try #require(moved.status == 200)
        }
    }

    /// Runs a test with a service on a database of its own, and a partner who is called by it.
    static func withPartner(
        _ body: (TestService, TestPartner, TestClient) async throws -> Void
    ) async throws {
        try await FakeServer.run { server in
            let partner = TestPartner()
            server.answer { [partner] request in partner.take(request) }
            let database = try await TestDatabase.make()
            try await TestService.run(on: database) { service in
                let client = try await service.newPartner()
                // Only addresses by TLS can be registered: this one is put there behind its back.
                try await service.database.script(
                    "create function here() returns text language sql as"
                        + " $$ select 'http://127.0.0.1:\(server.port)/hook' $$")
                try await body(service, partner, client)
            }
        }
    }

    /// Lets every webhook lead to the partner of the test.
    func redirectWebhooks() async throws {
        try await database.script("update webhooks set url = here()")
    }
}
