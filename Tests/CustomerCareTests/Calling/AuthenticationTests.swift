import Electricity
import JSON
import Signing
import Testing

@testable import CustomerCare

/// Who may call: signatures that count, and one answer to all that do not.
@Suite("Authentication")
struct AuthenticationTests {
    /// A way to spoil a request, and what the log calls it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        /// What the caller does before signing.
        let before: @Sendable (inout TestRequest) -> Void
        /// What happens to the signed request on its way.
        let after: @Sendable (inout TestRequest) -> Void

        init(
            _ testDescription: String, _ reason: String,
            before: @escaping @Sendable (inout TestRequest) -> Void = { _ in },
            after: @escaping @Sendable (inout TestRequest) -> Void = { _ in }
        ) {
            self.testDescription = testDescription
            self.reason = reason
            self.before = before
            self.after = after
        }
    }

    // MARK: What counts

    @Test("a signature may cover the target URI, say its algorithm, purpose and end, and be early")
    func accepted() async throws {
        try await TestService.run { service in
            let now = service.clock.now.secondsSince1970
            let account = try await service.newAccount()
            let adjustments: [@Sendable (inout TestRequest) -> Void] = [
                { $0.components = ["@method", "@authority", "@target-uri"] },
                { $0.components = ["@query", "@path", "@authority", "@method"] },
                { $0.moreParameters = #";alg="hmac-sha256""# },
                { $0.moreParameters = #";tag="miniapp""# },
                { $0.moreParameters = ";expires=\(now)" },
                { $0.clockSkew = -300 }, { $0.clockSkew = 300 },
                { $0.authority = "CARE.EXAMPLE:8080" },
                { $0.target += "?" }, { $0.target += "?a=%C3%A9&b=+" },
                {
                    $0.set("x-more", "a")
                    $0.components.append("x-more")
                },
            ]
            for (number, adjust) in adjustments.enumerated() {
                let answer = try await service.call("GET", account, adjust: adjust)
                #expect(answer.status == 200, "\(number)")
            }
        }
    }

    // MARK: What does not

    @Test("a read that is not signed as it should be is refused", arguments: readFaults)
    func read(_ fault: Fault) async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            try await Self.expectRefusal(of: TestRequest("GET", account), fault, by: service)
        }
    }

    @Test("a write that is not signed as it should be has no effect", arguments: writeFaults)
    func write(_ fault: Fault) async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let request = TestRequest(
                "POST", "\(account)/subscriptions",
                TestService.declaring([try TestCustomer.newCode().text]))
            try await Self.expectRefusal(of: request, fault, by: service)
            let list = try await service.call("GET", "\(account)/subscriptions")
            #expect(list.json["items"].items.isEmpty)
        }
    }

    private static func expectRefusal(
        of intended: TestRequest, _ fault: Fault, by service: TestService
    ) async throws {
        var request = intended
        fault.before(&request)
        try request.sign(as: service.database.client, at: service.clock.now)
        fault.after(&request)
        let answer = try await service.send(request)
        let plain = try await service.callUnsigned("GET", "/v1/accounts/x")
        #expect(answer.problem == "401 unauthenticated")
        #expect(answer.comparable == plain.comparable)
        #expect(answer.headers["accept-signature"] == SignaturePolicy.acceptSignature)
        #expect(answer.headers.keys.sorted() == plain.headers.keys.sorted())
        let id = try #require(answer.headers["x-request-id"])
        let line = service.log.objects().compactMap(\.self).first {
            $0["requestId"]?.string == id && $0["reason"] != nil
        }
        #expect(line?["reason"]?.string == fault.reason)
    }

    @Test("an unknown key is refused as a wrong secret is")
    func keys() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let secret = service.database.client.secret
            let clients = [
                TestClient(keyId: "nobody-00000000", secret: secret),
                TestClient(keyId: service.database.client.keyId, secret: secret.reversed()),
                TestClient(keyId: service.database.client.keyId, secret: []),
                TestClient(keyId: service.database.client.keyId.uppercased(), secret: secret),
            ]
            var bodies: Set<String> = []
            for client in clients {
                let answer = try await service.call(as: client, "GET", account)
                #expect(answer.problem == "401 unauthenticated")
                bodies.insert(answer.comparable)
            }
            #expect(bodies.count == 1)
        }
    }

    // MARK: Clients that change

    @Test("while a client changes over, both secrets count; then only the new one")
    func rotation() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let old = try await service.database.newClient()
            let issued = try await service.database.administer(at: service.clock.now) {
                try await $0.rotate(keyId: old.keyId, hours: 24)
            }
            let new = TestClient(issued)
            try await service.reloadClients()
            for client in [old, new] {
                #expect(try await service.call(as: client, "GET", account).status == 200)
            }
            service.clock.advance(seconds: 86_400 - 1)
            #expect(try await service.call(as: old, "GET", account).status == 200)
            // The secret ends by the clock, without the clients being read anew.
            service.clock.advance(seconds: 1)
            let ended = try await service.call(as: old, "GET", account)
            #expect(ended.problem == "401 unauthenticated")
            #expect(try await service.call(as: new, "GET", account).status == 200)
        }
    }

    @Test("a secret can be exchanged at once")
    func exchange() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let old = try await service.database.newClient()
            let issued = try await service.database.administer(at: service.clock.now) {
                try await $0.rotate(keyId: old.keyId, hours: 0)
            }
            try await service.reloadClients()
            let refused = try await service.call(as: old, "GET", account)
            #expect(refused.problem == "401 unauthenticated")
            let answer = try await service.call(as: TestClient(issued), "GET", account)
            #expect(answer.status == 200)
        }
    }

    @Test("a revoked client is an unknown one")
    func revocation() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let client = try await service.database.newClient()
            try await service.reloadClients()
            #expect(try await service.call(as: client, "GET", account).status == 200)
            try await service.database.administer(at: service.clock.now) {
                try await $0.revoke(keyId: client.keyId)
            }
            try await service.reloadClients()
            let revoked = try await service.call(as: client, "GET", account)
            let unknown = try await service.call(
                as: TestClient(keyId: "nobody-00000000", secret: client.secret), "GET", account)
            #expect(revoked.problem == "401 unauthenticated")
            #expect(revoked.comparable == unknown.comparable)
        }
    }

    @Test("a client without the scope is known, and refused")
    func scopes() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let others: Set<Scope> = [.importing, .staff, .admin, .partner]
            for scopes in [others, []] {
                let client = try await service.database.newClient(scopes: scopes)
                try await service.reloadClients()
                let answer = try await service.call(as: client, "GET", account)
                #expect(answer.problem == "403 forbidden")
                #expect(answer.headers["accept-signature"] == nil)
                let write = try await service.call(as: client, "DELETE", account)
                #expect(write.problem == "403 forbidden")
            }
            #expect(try await service.call("GET", account).status == 200)
        }
    }

    @Test("an account belongs to the service: every client with the scope acts for it")
    func shared() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let website = try await service.database.newClient(scopes: [.accounts, .partner])
            try await service.reloadClients()
            #expect(try await service.call(as: website, "GET", account).status == 200)
        }
    }
}
