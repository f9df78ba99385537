import Postgres
import Reactor

/// Runs the work of a command on a loop of its own, on the calling thread, with the links of the
/// schema's owner.
enum CommandLoop {
    /// Runs `body` and returns what it does.
    ///
    /// Throws what it throws, or that no loop or no link could be had. Links that fail are told on
    /// standard error.
    static func run<Answer>(
        _ configuration: Configuration, world: World = .real,
        _ body: @escaping (Database) async throws -> Answer
    ) throws -> Answer {
        let loop = try EventLoop()
        loop.adoptThread()
        var links = DatabaseConfiguration(connection: configuration.ownerDatabaseURL)
        links.readLinkCount = 1
        links.writeLinkCount = 1
        let ids = IDSource(world: world)
        let database = try Database(
            configuration: links, loop: loop, random: { ids.bits() }, observe: tell)
        var outcome: Result<Answer, any Error>?
        loop.start {
            database.start()
            do {
                outcome = .success(try await body(database))
            } catch {
                outcome = .failure(error)
            }
            await database.stop()
            loop.stop()
        }
        try loop.run()
        guard let outcome else { preconditionFailure("the loop ends only after its work") }
        return try outcome.get()
    }

    private static func tell(_ event: DatabaseEvent) {
        switch event {
        case .connected: break
        case .connectionFailed(let host, let reason):
            Terminal.tell("    database \(host): \(reason)")
        case .lost(let reason): Terminal.tell("    the connection was lost: \(reason)")
        case .notice(let severity, _, let message): Terminal.tell("    \(severity): \(message)")
        }
    }
}
