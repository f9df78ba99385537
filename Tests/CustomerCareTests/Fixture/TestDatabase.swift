import Electricity
import Glibc
import Postgres
import Reactor
import Signing
import Testing

@testable import CustomerCare

/// The database of this test process: made once, migrated once, shared by all tests, each of
/// which works with accounts and customers of its own.
struct TestDatabase: Sendable {
    private let name: String
    /// How the service connects: with the rights of the service's role.
    let serviceURL: String
    /// How migrations and fixtures connect: as the owner of the schema.
    let ownerURL: String
    let masterKey: MasterKey
    /// A client with scope `accounts` and no limit.
    let client: TestClient

    /// The connection string of the tests' server is not set.
    struct Missing: Error, CustomStringConvertible {
        let description =
            "CUSTOMER_CARE_TEST_DATABASE_URL is unset: run the tests by scripts/with-postgres"
    }

    /// The day around which there are partitions; tests set their clocks within three years before
    /// and one after it.
    private static let migrationDay = "2026-11-25T10:00:00"

    private static let making = Task { try await make() }

    /// The one database, made by the first who asks.
    static func shared() async throws -> TestDatabase {
        try await making.value
    }

    /// A database that is migrated once and copied from then on.
    private static let template = Task {
        try await migrated(name: newName(), on: migrationDay)
    }

    /// A new, empty database: for tests that look at all of it.
    ///
    /// Bills have partitions around the day on which it was migrated. The databases of one day
    /// share their master key and their client.
    static func make(on day: String = migrationDay) async throws -> TestDatabase {
        guard day == migrationDay else { return try await migrated(name: newName(), on: day) }
        let original = try await template.value
        let name = try newName()
        try await create(name, from: original.name)
        return try TestDatabase(name: name, masterKey: original.masterKey, client: original.client)
    }

    private static func server() throws -> String {
        guard let text = unsafe getenv("CUSTOMER_CARE_TEST_DATABASE_URL") else { throw Missing() }
        return unsafe String(cString: text)
    }

    private static func newName() throws -> String {
        let suffix = Hexadecimal.encode(try SecureRandom.bytes(6))
        return "customer_care_test_" + String(decoding: suffix, as: UTF8.self)
    }

    /// At most so many databases are made at once: each is some hundred files.
    private static let slots = TestSlots(count: 2)

    private static func create(_ name: String, from template: String) async throws {
        await slots.take()
        let result: Result<Void, any Error>
        do {
            _ = try await TestLoop.run(connection: try server()) { database in
                try await database.script(
                    "create database \(name) owner customer_care_owner template \(template)")
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await slots.giveBack()
        try result.get()
    }

    private static func migrated(name: String, on day: String) async throws -> TestDatabase {
        try await create(name, from: "template1")
        let masterKey = try MasterKey.random()
        let today = try Instant.reading(day)
        let world = World(now: { today }, randomBytes: World.real.randomBytes)
        let url = try url(of: name, as: "customer_care_owner")
        let client = try await TestLoop.run(connection: url) { database in
            try await Schema.migrate(database, world: world)
            _ = try await TariffStore(database: database, world: world).loadBuiltInIfNone()
            let administration = ClientAdministration(
                database: database,
                seal: try Seal(masterKeys: [masterKey], purpose: .clientSecrets), world: .real)
            return TestClient(
                try await administration.create(
                    name: "miniapp", scopes: [.accounts], requestsPerMinute: 0))
        }
        return try TestDatabase(name: name, masterKey: masterKey, client: client)
    }

    /// The connection string of a role; parameters of a URI beat the names in its path.
    private static func url(of name: String, as role: String) throws -> String {
        let server = try server()
        let separator = server.contains("?") ? "&" : "?"
        return "\(server)\(separator)dbname=\(name)&user=\(role)"
    }

    private init(name: String, masterKey: MasterKey, client: TestClient) throws {
        self.name = name
        self.masterKey = masterKey
        self.client = client
        serviceURL = try TestDatabase.url(of: name, as: "customer_care_service")
        ownerURL = try TestDatabase.url(of: name, as: "customer_care_owner")
    }

    /// How many rows of a table meet a condition.
    func count(_ table: String, _ condition: String) async throws -> Int {
        let rows = try await script("select count(*) from \(table) where \(condition)")
        return Int(rows.first?.first.flatMap { $0 } ?? "") ?? -1
    }

    /// Runs SQL as the owner; the rows of the last statement as text.
    @discardableResult
    func script(_ sql: String) async throws -> [[String?]] {
        try await TestLoop.run(connection: ownerURL) { try await $0.script(sql) }
    }

    /// Does what an operator does with clients, at a time.
    func administer<Answer: Sendable>(
        at now: Instant,
        _ body: @escaping @Sendable (ClientAdministration) async throws -> Answer
    ) async throws -> Answer {
        let masterKey = masterKey
        return try await TestLoop.run(connection: ownerURL) { database in
            let world = World(now: { now }, randomBytes: World.real.randomBytes)
            return try await body(
                ClientAdministration(
                    database: database,
                    seal: try Seal(masterKeys: [masterKey], purpose: .clientSecrets),
                    world: world))
        }
    }

    /// Creates another client.
    func newClient(
        scopes: Set<Scope> = [.accounts], requestsPerMinute: Int = 0
    ) async throws -> TestClient {
        try await administer(at: World.real.now()) { administration in
            TestClient(
                try await administration.create(
                    name: "c" + TestRequest.unique(), scopes: scopes,
                    requestsPerMinute: requestsPerMinute))
        }
    }
}

/// The key of a client, as the client has it.
struct TestClient: Sendable {
    let keyId: String
    let secret: [UInt8]

    init(_ issued: IssuedClient) {
        keyId = issued.keyId
        secret = issued.secret
    }

    init(keyId: String, secret: [UInt8]) {
        self.keyId = keyId
        self.secret = secret
    }
}

/// Loops of tests' own.
enum TestLoop {
    /// Runs `body` on a loop of its own and returns once the loop has ended.
    static func run<Answer: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async throws -> Answer
    ) async throws -> Answer {
        let loop = try EventLoop()
        let thread = try LoopThread(running: loop)
        let result = await withCheckedContinuation { continuation in
            loop.execute {
                loop.start {
                    let result: Result<Answer, any Error>
                    do {
                        result = .success(try await body(loop))
                    } catch {
                        result = .failure(error)
                    }
                    continuation.resume(returning: result)
                }
            }
        }
        thread.stopAndJoin()
        return try result.get()
    }

    /// Runs `body` on a loop of its own with a started database.
    static func run<Answer: Sendable>(
        connection: String, _ body: @escaping @Sendable (Database) async throws -> Answer
    ) async throws -> Answer {
        try await run { loop in
            let configuration = DatabaseConfiguration(patientlyConnecting: connection, writers: 1)
            let database = try Database(
                configuration: configuration, loop: loop, random: { 4 }, observe: { _ in })
            database.start()
            let result: Result<Answer, any Error>
            do {
                result = .success(try await body(database))
            } catch {
                result = .failure(error)
            }
            await database.stop()
            return try result.get()
        }
    }
}

extension Database {
    /// Runs a script on a link of its own.
    @discardableResult
    func script(_ sql: String) async throws -> [[String?]] {
        try await withBulkLink { (link: BulkLink) async throws(DatabaseError) in
            try await link.execute(script: sql)
        }
    }
}

extension DatabaseConfiguration {
    /// One link for reads and some for writes, all of which wait long.
    ///
    /// A machine with much to do beside the tests is no fault of the service, and autovacuum gives
    /// a table free only when somebody has waited for it for a second.
    init(patientlyConnecting connection: String, writers: Int) {
        self.init(connection: connection)
        readLinkCount = 1
        writeLinkCount = writers
        waitMilliseconds = 60_000
        statementMilliseconds = 60_000
        lockMilliseconds = 60_000
    }
}
