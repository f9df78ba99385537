import Glibc
import Postgres
import Reactor

/// Runs `body` on an event loop of its own and returns its result once the loop has ended.
func onLoop<Answer: Sendable>(
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

/// The test database's connection string is not set.
struct MissingDatabase: Error, CustomStringConvertible {
    let description =
        "CUSTOMER_CARE_TEST_DATABASE_URL is unset: give the URI of a database for tests"
}

/// The configuration of the database for tests.
func testConfiguration() throws -> DatabaseConfiguration {
    guard let uri = unsafe getenv("CUSTOMER_CARE_TEST_DATABASE_URL") else {
        throw MissingDatabase()
    }
    return DatabaseConfiguration(connection: unsafe String(cString: uri))
}

/// Runs `body` on a loop with a started database, and stops it afterwards.
func withDatabase<Answer: Sendable>(
    _ adjust: @escaping @Sendable (inout DatabaseConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (Database) async throws -> Answer
) async throws -> Answer {
    var configuration = try testConfiguration()
    adjust(&configuration)
    let adjusted = configuration
    return try await onLoop { loop in
        let database = try Database(
            configuration: adjusted, loop: loop, random: { 4 }, observe: { _ in })
        database.start()
        do {
            let answer = try await body(database)
            await database.stop()
            return answer
        } catch {
            await database.stop()
            throw error
        }
    }
}

/// Runs `body` for each number at once and gathers what it returns, in the order of the numbers.
func concurrently<Answer: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async -> Answer
) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
        for number in 0..<count {
            group.addTask { (number, await body(number)) }
        }
        var answers: [Int: Answer] = [:]
        for await (number, answer) in group { answers[number] = answer }
        return (0..<count).compactMap { answers[$0] }
    }
}

extension Database {
    /// Runs a script on a link of its own.
    @discardableResult
    func script(_ script: String) async throws -> [[String?]] {
        try await withBulkLink { (link: BulkLink) async throws(DatabaseError) in
            try await link.execute(script: script)
        }
    }
}

/// A row of one integer.
struct Number: Row, Equatable {
    static let columns = ["number"]
    let value: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        value = try row.int64()
    }
}
