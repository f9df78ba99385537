import Electricity
import Postgres
import Signing
import Testing

@testable import CustomerCare

@Suite("Administration of clients")
struct ClientAdministrationTests {
    /// Runs `body` with an administration on the shared database, whose clock stands.
    private static func run(
        at clock: TestClock? = nil,
        _ body: @escaping @Sendable (ClientAdministration) async throws -> Void
    ) async throws {
        let shared = try await TestDatabase.shared()
        let clock = try clock ?? TestClock("2026-11-25T10:00:00")
        try await TestLoop.run(connection: shared.ownerURL) { database in
            try await body(
                ClientAdministration(
                    database: database,
                    seal: try Seal(masterKeys: [shared.masterKey], purpose: .clientSecrets),
                    world: World(now: { clock.now }, randomBytes: World.real.randomBytes)))
        }
    }

    private static func newName() -> String { "c" + TestRequest.unique() }

    @Test("a new client has a key id after its name and one live secret of 32 bytes")
    func create() async throws {
        try await Self.run { administration in
            let name = Self.newName()
            let issued = try await administration.create(
                name: name, scopes: [.staff, .accounts], requestsPerMinute: 7)
            #expect(issued.name == name)
            #expect(issued.keyId.hasPrefix(name + "-"))
            #expect(issued.keyId.utf8.count == name.utf8.count + 9)
            #expect(issued.secret.count == 32)
            let base64 = String(decoding: Base64.encode(issued.secret), as: UTF8.self)
            #expect(issued.secretText == base64)
            #expect(try await administration.liveSecrets(keyId: issued.keyId) == [issued.secret])
            let listing = try #require(
                try await administration.list().first { $0.keyId == issued.keyId })
            #expect(listing.name == name)
            #expect(listing.scopes == ["accounts", "staff"])
            #expect(listing.requestsPerMinute == 7)
            #expect(listing.liveSecrets == 1)
            #expect(listing.nextExpiry == nil)
            #expect(listing.revokedAt == nil)
            #expect(listing.createdAt.description == "2026-11-25T10:00:00+07:00")
        }
    }

    @Test("the database keeps the secret sealed")
    func sealed() async throws {
        try await Self.run { administration in
            let issued = try await administration.create(
                name: Self.newName(), scopes: [.accounts], requestsPerMinute: 0)
            let other = ClientAdministration(
                database: administration.database,
                seal: try Seal(masterKeys: [try MasterKey.random()], purpose: .clientSecrets))
            #expect(try await other.liveSecrets(keyId: issued.keyId).isEmpty)
        }
    }

    @Test("a name is 2 to 40 of a-z, 0-9 and hyphen, beginning with a letter, and taken once")
    func names() async throws {
        try await Self.run { administration in
            for name in [
                "", "a", "1a", "-a", "A1", "a b", "a_b", "é1", "a\n", "a\u{301}b",
                String(repeating: "a", count: 41),
            ] {
                await #expect(throws: ClientAdministrationError.invalidName(name)) {
                    try await administration.create(
                        name: name, scopes: [.accounts], requestsPerMinute: 0)
                }
            }
            let name = Self.newName()
            _ = try await administration.create(name: name, scopes: [], requestsPerMinute: 0)
            await #expect(throws: ClientAdministrationError.nameTaken(name)) {
                try await administration.create(name: name, scopes: [], requestsPerMinute: 0)
            }
        }
    }

    @Test("a rotation leaves two live secrets for its hours, then one")
    func rotate() async throws {
        let clock = try TestClock("2026-11-25T10:00:00")
        try await Self.run(at: clock) { administration in
            let first = try await administration.create(
                name: Self.newName(), scopes: [.accounts], requestsPerMinute: 0)
            let keyId = first.keyId
            clock.advance(seconds: 60)
            let second = try await administration.rotate(keyId: keyId, hours: 24)
            #expect(second.keyId == keyId)
            #expect(second.scopes == [.accounts])
            #expect(
                try await administration.liveSecrets(keyId: keyId)
                    == [second.secret, first.secret])
            let end = clock.now.advanced(bySeconds: 86_400)
            let listing = try #require(
                try await administration.list().first { $0.keyId == keyId })
            #expect(listing.liveSecrets == 2)
            #expect(listing.nextExpiry == end)
            await #expect(throws: ClientAdministrationError.rotating(keyId: keyId, until: end)) {
                try await administration.rotate(keyId: keyId, hours: 1)
            }
            clock.advance(seconds: 86_399)
            #expect(try await administration.liveSecrets(keyId: keyId).count == 2)
            clock.advance(seconds: 1)
            #expect(try await administration.liveSecrets(keyId: keyId) == [second.secret])
            let third = try await administration.rotate(keyId: keyId, hours: 1)
            #expect(
                try await administration.liveSecrets(keyId: keyId) == [third.secret, second.secret])
        }
    }

    @Test("a rotation at once ends all older secrets, also in the middle of another")
    func rotateAtOnce() async throws {
        try await Self.run { administration in
            let first = try await administration.create(
                name: Self.newName(), scopes: [.accounts], requestsPerMinute: 0)
            _ = try await administration.rotate(keyId: first.keyId, hours: 24)
            let third = try await administration.rotate(keyId: first.keyId, hours: 0)
            #expect(
                try await administration.liveSecrets(keyId: first.keyId) == [third.secret])
        }
    }

    @Test("a revoked client is over for good, and its name is free")
    func revoke() async throws {
        try await Self.run { administration in
            let name = Self.newName()
            let issued = try await administration.create(
                name: name, scopes: [.accounts], requestsPerMinute: 0)
            let keyId = issued.keyId
            try await administration.revoke(keyId: keyId)
            #expect(try await administration.liveSecrets(keyId: keyId).isEmpty)
            let listing = try #require(
                try await administration.list().first { $0.keyId == keyId })
            #expect(listing.revokedAt?.description == "2026-11-25T10:00:00+07:00")
            #expect(listing.liveSecrets == 0)
            await #expect(throws: ClientAdministrationError.revoked(keyId: keyId)) {
                try await administration.revoke(keyId: keyId)
            }
            await #expect(throws: ClientAdministrationError.revoked(keyId: keyId)) {
                try await administration.rotate(keyId: keyId, hours: 0)
            }
            let again = try await administration.create(
                name: name, scopes: [.accounts], requestsPerMinute: 0)
            #expect(again.keyId != keyId)
        }
    }

    @Test("what is unknown cannot be rotated or revoked")
    func unknown() async throws {
        try await Self.run { administration in
            await #expect(throws: ClientAdministrationError.unknownKeyId("nobody")) {
                try await administration.rotate(keyId: "nobody", hours: 1)
            }
            await #expect(throws: ClientAdministrationError.unknownKeyId("nobody")) {
                try await administration.revoke(keyId: "nobody")
            }
            let secrets = try await administration.liveSecrets(keyId: "nobody")
            #expect(secrets.isEmpty)
        }
    }

    @Test("a rotated and a revoked client are known to the service with its next look")
    func service() async throws {
        try await TestService.run { service in
            let client = try await service.database.newClient()
            try await service.reloadClients()
            let account = try await service.newAccount()
            #expect(try await service.call(as: client, "GET", account).status == 200)
            let clock = service.clock
            try await Self.run(at: clock) { administration in
                try await administration.revoke(keyId: client.keyId)
            }
            try await service.reloadClients()
            #expect(try await service.call(as: client, "GET", account).status == 401)
        }
    }
}
