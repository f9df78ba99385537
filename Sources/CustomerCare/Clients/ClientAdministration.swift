import Electricity
import Postgres
import Signing

/// What an operator does with the programs that may call the service.
///
/// A secret is told once, when it is made; the database keeps it sealed. A client has one live
/// secret, and a second one for the hours in which its owner changes over.
package struct ClientAdministration {
    let database: Database
    let seal: Seal
    let world: World
    private let ids: IDSource

    /// Works on a database, with the seal of clients' secrets.
    init(database: Database, seal: Seal, world: World = .real) {
        self.database = database
        self.seal = seal
        self.world = world
        ids = IDSource(world: world)
    }

    /// Creates a client with its first secret.
    ///
    /// - Parameter requestsPerMinute: 0 is no limit.
    package func create(
        name: String, scopes: Set<Scope>, requestsPerMinute: Int
    ) async throws(ClientAdministrationError) -> IssuedClient {
        guard ClientAdministration.isName(name) else { throw .invalidName(name) }
        let now = world.now()
        let clientId = ids.next(at: now)
        let keyId = "\(name)-\(hexadecimal(try randomBytes(4)))"
        let secret = try newSecret(at: now)
        do {
            try await database.transaction {
                (transaction: Transaction<ClientAdministrationError>)
                    async throws(ClientAdministrationError) in
                try await transaction.run(
                    ClientStatements.insertClient, .uuid(clientId), .text(keyId), .text(name),
                    .texts(scopes.map(\.rawValue).sorted()), .int64(Int64(requestsPerMinute)),
                    .timestamp(now))
                try await insert(secret, of: clientId, at: now, in: transaction)
            }
        } catch {
            guard case .database(.constraintViolated("clients_name_key", _)) = error else {
                throw error
            }
            throw .nameTaken(name)
        }
        return IssuedClient(keyId: keyId, name: name, scopes: scopes, secret: secret.bytes)
    }

    /// Adds a secret; those that were live until now end after so many hours, 0 is at once.
    ///
    /// Refused while two secrets are live, unless the older ones end at once.
    package func rotate(
        keyId: String, hours: Int
    ) async throws(ClientAdministrationError) -> IssuedClient {
        let now = world.now()
        let secret = try newSecret(at: now)
        return try await database.transaction {
            (transaction: Transaction<ClientAdministrationError>)
                async throws(ClientAdministrationError) -> IssuedClient in
            let client = try await lock(keyId, in: transaction)
            let live = try await transaction.query(
                ClientStatements.liveSecrets, .uuid(client.clientId), .timestamp(now))
            if live.count > 1, hours > 0 {
                throw .rotating(keyId: keyId, until: live.compactMap(\.expiresAt).min())
            }
            let end = now.advanced(bySeconds: Int64(hours) * 3_600)
            try await transaction.run(
                ClientStatements.expireSecrets, .uuid(client.clientId), .timestamp(end))
            try await transaction.run(
                ClientStatements.deleteExpired, .uuid(client.clientId), .timestamp(now))
            try await insert(secret, of: client.clientId, at: now, in: transaction)
            return IssuedClient(
                keyId: keyId, name: client.name,
                scopes: Set(client.scopes.compactMap(Scope.init(rawValue:))),
                secret: secret.bytes)
        }
    }

    /// Ends a client for good: its secrets go, its name is free again, its row stays for the
    /// audit.
    package func revoke(keyId: String) async throws(ClientAdministrationError) {
        let now = world.now()
        try await database.transaction {
            (transaction: Transaction<ClientAdministrationError>)
                async throws(ClientAdministrationError) in
            let client = try await lock(keyId, in: transaction)
            try await transaction.run(
                ClientStatements.revoke, .uuid(client.clientId), .timestamp(now))
            try await transaction.run(ClientStatements.deleteSecrets, .uuid(client.clientId))
        }
    }

    /// All clients in the order of their creation, the revoked ones too.
    package func list() async throws(ClientAdministrationError) -> [ClientListing] {
        do {
            return try await database.query(
                ClientStatements.list, .timestamp(world.now()))
        } catch {
            throw .database(error)
        }
    }

    /// The live secrets of a client, unsealed, the newest first; empty when it is unknown,
    /// revoked, or sealed under another master key.
    func liveSecrets(keyId: String) async throws(ClientAdministrationError) -> [[UInt8]] {
        let rows: [SealedClientSecret]
        do {
            rows = try await database.query(
                ClientStatements.sealedSecrets, .text(keyId), .timestamp(world.now()))
        } catch {
            throw .database(error)
        }
        return rows.compactMap { row in
            let context = ClientSecret.context(row.secretId)
            return try? seal.open(row.sealedSecret, context: context)  // Another master key's.
        }
    }

    // MARK: Parts

    /// A secret as its client gets it, once, and as the database keeps it.
    private struct NewSecret {
        let secretId: UUID
        let bytes: [UInt8]
        let sealed: [UInt8]
    }

    private func newSecret(at now: Instant) throws(ClientAdministrationError) -> NewSecret {
        let secretId = ids.next(at: now)
        let bytes = try randomBytes(ClientSecret.byteCount)
        do {
            let sealed = try seal.seal(bytes, context: ClientSecret.context(secretId))
            return NewSecret(secretId: secretId, bytes: bytes, sealed: sealed)
        } catch {
            throw .signing(error)
        }
    }

    private func insert(
        _ secret: NewSecret, of clientId: UUID, at now: Instant,
        in transaction: Transaction<ClientAdministrationError>
    ) async throws(ClientAdministrationError) {
        try await transaction.run(
            ClientStatements.insertSecret, .uuid(clientId), .uuid(secret.secretId),
            .bytes(secret.sealed), .timestamp(now))
    }

    /// Locks the row of a client, so that two rotations come one behind the other.
    private func lock(
        _ keyId: String, in transaction: Transaction<ClientAdministrationError>
    ) async throws(ClientAdministrationError) -> LockedClient {
        guard let client = try await transaction.queryOne(ClientStatements.lock, .text(keyId))
        else { throw .unknownKeyId(keyId) }
        if client.revokedAt != nil { throw .revoked(keyId: keyId) }
        return client
    }

    private func randomBytes(_ count: Int) throws(ClientAdministrationError) -> [UInt8] {
        do {
            return try world.randomBytes(count)
        } catch {
            throw .signing(error)
        }
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        String(decoding: Hexadecimal.encode(bytes), as: UTF8.self)
    }

    private static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return (2...40).contains(bytes.count)
            && bytes.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "-")
            } && (0x61...0x7A).contains(bytes[0])
    }
}

/// A client with the secret that is shown once.
package struct IssuedClient: Sendable {
    /// What the client signs with as `keyid`.
    package let keyId: String
    /// What operators call it.
    package let name: String
    /// What it may do.
    package let scopes: Set<Scope>
    /// 32 random bytes.
    let secret: [UInt8]

    /// The secret as it is told: base64 of its bytes.
    package var secretText: String { String(decoding: Base64.encode(secret), as: UTF8.self) }
}
