import Electricity
import Postgres
import Signing

/// A program that may call the service, with its live secrets.
final class Client {
    let clientId: UUID
    let keyId: String
    let name: String
    let scopes: Set<Scope>
    /// Requests a minute; 0 is no limit.
    let requestsPerMinute: Int
    /// Ready keys of the live secrets: two while a client rotates, with the end of each.
    let keys: [(key: HMACSHA256Key, expiresAt: Instant?)]

    init(
        clientId: UUID, keyId: String, name: String, scopes: Set<Scope>, requestsPerMinute: Int,
        keys: [(key: HMACSHA256Key, expiresAt: Instant?)]
    ) {
        self.clientId = clientId
        self.keyId = keyId
        self.name = name
        self.scopes = scopes
        self.requestsPerMinute = requestsPerMinute
        self.keys = keys
    }
}

/// The clients of one loop in memory, read anew every few seconds: a new, changed or revoked
/// client is known without a restart and without a query per request.
final class ClientRegistry {
    private let database: Database
    private let seal: Seal
    private var clients: [String: Client] = [:]
    /// Unsealed secrets by their id, so that a reload does not unseal what it knows.
    private var secrets: [UUID: HMACSHA256Key] = [:]
    /// Whether the clients have been read at least once, and their secrets could be used.
    private(set) var isLoaded = false
    /// Live secrets that our master keys do not open.
    private(set) var sealedSecretCount = 0

    init(database: Database, seal: Seal) {
        self.database = database
        self.seal = seal
    }

    /// How many clients are known.
    var count: Int { clients.count }

    func client(keyId: String) -> Client? { clients[keyId] }

    /// Reads all clients that are not revoked.
    ///
    /// Keeps what it knows when the database is away. Where no secret at all can be opened the
    /// master key is another one than that of this database: nobody could call, so that is not
    /// taken for loaded.
    func reload() async throws(DatabaseError) {
        let rows = try await database.query(ClientRegistry.statement)
        var secrets: [UUID: HMACSHA256Key] = [:]
        var clients: [String: Client] = [:]
        var sealed = 0
        for (keyId, rows) in Dictionary(grouping: rows, by: \.keyId) {
            guard let first = rows.first else { continue }
            var keys: [(key: HMACSHA256Key, expiresAt: Instant?)] = []
            for row in rows {
                guard let key = self.secrets[row.secretId] ?? unseal(row) else {
                    sealed += 1
                    continue
                }
                secrets[row.secretId] = key
                keys.append((key, row.expiresAt))
            }
            clients[keyId] = Client(
                clientId: first.clientId, keyId: keyId, name: first.name,
                scopes: Set(first.scopes.compactMap(Scope.init(rawValue:))),
                requestsPerMinute: Int(first.requestsPerMinute), keys: keys)
        }
        self.secrets = secrets
        self.clients = clients
        sealedSecretCount = sealed
        isLoaded = rows.isEmpty || sealed < rows.count
    }

    private func unseal(_ row: ClientRow) -> HMACSHA256Key? {
        do {
            let context = ClientSecret.context(row.secretId)
            return HMACSHA256Key(try seal.open(row.sealedSecret, context: context))
        } catch {
            // Sealed with a master key that is not ours: this secret cannot sign anything here.
            return nil
        }
    }

    static let statement = Statement<ClientRow>(
        "client_registry",
        """
        -- One row per live secret of every client that is not revoked.
        select c.client_id, c.key_id, c.name, c.scopes, c.requests_per_minute,
            s.secret_id, s.sealed_secret, s.expires_at
        from clients c
        join client_secrets s on s.client_id = c.client_id
        where c.revoked_at is null
        order by s.created_at desc
        """)
}

/// One live secret of one client.
struct ClientRow: Row {
    static let columns = [
        "client_id", "key_id", "name", "scopes", "requests_per_minute", "secret_id",
        "sealed_secret", "expires_at",
    ]

    let clientId: UUID
    let keyId: String
    let name: String
    let scopes: [String]
    let requestsPerMinute: Int32
    let secretId: UUID
    let sealedSecret: [UInt8]
    let expiresAt: Instant?

    init(_ row: inout RowDecoder) throws(RowError) {
        clientId = try row.uuid()
        keyId = try row.string()
        name = try row.string()
        scopes = try row.strings()
        requestsPerMinute = try row.int32()
        secretId = try row.uuid()
        sealedSecret = try row.bytes()
        expiresAt = try row.optionalInstant()
    }
}
