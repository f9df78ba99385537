package import Reactor

/// A link of its own for long work: COPY, scripts, migrations and looking into statements.
///
/// It is not pipelined, never connects anew, and closes when `close` is called or its last owner
/// goes. One call at a time. Nothing blocks the loop.
package final class BulkLink: ReadinessHandler, TimerHandler {
    private let database: Database
    private let link: Link
    private var waiting: Promise<Bool>?
    private var watch: Watch?
    private var deadline = MonotonicInstant.now
    /// The entry of this link in the loop's timers that is still to fire.
    private var scheduled: MonotonicInstant?
    private var isOpen = true
    private var preparedCount = 0
    /// The statements that this link has prepared.
    var prepared: [UInt: PreparedStatement] = [:]

    init(_ database: Database, _ link: Link) {
        self.database = database
        self.link = link
        link.receiveNotice = { severity, sqlState, message in
            database.observe(
                .notice(severity: severity, sqlState: sqlState, message: message))
        }
    }

    deinit {
        close()
    }

    /// Gives the place of this link free; the connection closes with the last owner.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        database.bulkLinksOpen -= 1
    }

    // MARK: Scripts and statements

    /// Runs any number of statements separated by semicolons by the simple protocol, where they
    /// share one transaction unless they begin their own; returns the last answer's rows as text.
    ///
    /// - Parameter milliseconds: how long the server may be silent.
    @discardableResult
    package func execute(
        script: String, within milliseconds: Int? = nil
    ) async throws(DatabaseError) -> [[String?]] {
        try requireOpen()
        guard link.sendScript(script) else { throw broken() }
        try await flush()
        return try await lastResult(of: "script", within: milliseconds)?.textRows ?? []
    }

    /// Prepares a statement and asks the server what it takes and answers.
    func prepare(
        _ text: StatementText
    ) async throws(DatabaseError) -> (PreparedName, QueryResult?) {
        try requireOpen()
        preparedCount += 1
        let name = PreparedName("\(text.name).\(preparedCount)")
        guard link.sendPrepare(text.sql, as: name) else { throw broken() }
        try await flush()
        _ = try await lastResult(of: text.name)
        guard link.sendDescribe(name) else { throw broken() }
        try await flush()
        return (name, try await lastResult(of: text.name))
    }

    /// Runs a prepared statement.
    func send(
        _ name: PreparedName, _ parameters: ParameterBuffer, of statement: StaticString
    ) async throws(DatabaseError) -> QueryResult? {
        try requireOpen()
        var encoded = EncodedParameters()
        guard encoded.withParameters(in: parameters, { link.sendQuery(name, $0) }) else {
            throw broken()
        }
        try await flush()
        return try await lastResult(of: statement)
    }

    /// Reads results up to the end of the command; throws the first error among them.
    func lastResult(
        of statement: StaticString, within milliseconds: Int? = nil
    ) async throws(DatabaseError) -> QueryResult? {
        var last: QueryResult?
        var failure: DatabaseError?
        while true {
            while link.isBusy { try await wait(for: .read, within: milliseconds) }
            guard let result = link.nextResult() else { break }
            last = result
            if result.status == .failed, failure == nil {
                failure = result.error.error(of: statement)
            }
            // A COPY goes on until its stream ends it; asking on would find the same result.
            if result.status == .copyIn || result.status == .copyOut { return result }
            if link.isBroken { throw broken() }
        }
        if let failure { throw failure }
        return last
    }

    // MARK: COPY

    /// Begins a `copy … from stdin`.
    package func copyIn(_ statement: Command) async throws(DatabaseError) -> CopyIn {
        try await begin(statement, .copyIn)
        return CopyIn(self, statement.text.name)
    }

    /// Begins a `copy … to stdout`.
    package func copyOut(_ statement: Command) async throws(DatabaseError) -> CopyOut {
        try await begin(statement, .copyOut)
        return CopyOut(self, statement.text.name)
    }

    private func begin(
        _ statement: Command, _ status: QueryResult.Status
    ) async throws(DatabaseError) {
        try requireOpen()
        guard link.sendScript("\(statement.text.sql)") else { throw broken() }
        try await flush()
        let result = try await lastResult(of: statement.text.name)
        guard result?.status == status else {
            throw .rejected(
                sqlState: "0A000", message: "not the expected copy",
                statement: "\(statement.text.name)")
        }
    }

    func putCopy(_ bytes: ArraySlice<UInt8>) async throws(DatabaseError) {
        try requireOpen()
        guard link.putCopy(bytes) else { throw broken() }
        try await flush()
    }

    func endCopy(failingWith reason: String?) async throws(DatabaseError) {
        try requireOpen()
        guard link.endCopy(failingWith: reason) else { throw broken() }
        try await flush()
    }

    /// The next piece of COPY data; nil at its end.
    func takeCopy() async throws(DatabaseError) -> [UInt8]? {
        try requireOpen()
        while true {
            switch link.takeCopy() {
            case .bytes(let bytes): return bytes
            case .end, .failed: return nil
            case .notYet: try await wait(for: .read)
            }
        }
    }

    // MARK: Waiting

    private func requireOpen() throws(DatabaseError) {
        database.loop.assertCurrent()
        guard isOpen, !link.isBroken else { throw broken() }
    }

    private func broken() -> DatabaseError {
        .unavailable(reason: "the link for long work was lost")
    }

    /// Waits until the kernel has taken every byte: what keeps memory bounded.
    private func flush() async throws(DatabaseError) {
        while true {
            switch link.flush() {
            case .sent: return
            case .failed: throw broken()
            case .pending:
                // The server may have to be heard before it listens again.
                try await wait(for: [.read, .write])
            }
        }
    }

    private func wait(
        for interest: Interest, within milliseconds: Int? = nil
    ) async throws(DatabaseError) {
        let promise = Promise<Bool>()
        waiting = promise
        do {
            watch = try database.loop.watch(link.socket, for: interest, handler: self)
        } catch {
            throw broken()
        }
        let limit = milliseconds ?? silenceMilliseconds
        deadline = MonotonicInstant.now.advanced(byMilliseconds: limit)
        schedule(deadline)
        let isReady = await promise.value()
        stopWaiting()
        guard isReady else {
            close()
            throw .timedOut
        }
        guard link.consumeInput() else {
            // What the server said before it went is still to be read.
            if link.isBusy { throw broken() }
            return
        }
    }

    private var silenceMilliseconds: Int {
        let configuration = database.configuration
        let statement = configuration.bulkStatementMilliseconds
        return (statement == 0 ? 3_600_000 : statement) + configuration.marginMilliseconds
    }

    private func stopWaiting() {
        waiting = nil
        if let watch { database.loop.unwatch(watch) }
        watch = nil
    }

    package func descriptorIsReady(_ readiness: Interest) {
        waiting?.keep(true)
    }

    package func timerFired() {
        if let scheduled, scheduled <= database.loop.now { self.scheduled = nil }
        guard waiting != nil else { return }
        if database.loop.now >= deadline {
            waiting?.keep(false)
        } else {
            schedule(deadline)
        }
    }

    /// One entry serves many waits, most of which are over long before it fires.
    private func schedule(_ instant: MonotonicInstant) {
        if let scheduled, scheduled <= instant { return }
        scheduled = instant
        database.loop.schedule(self, at: instant)
    }
}

extension Database {
    /// Opens a link for long work; throws `unavailable` when too many are open or none can be had.
    ///
    /// It does not need `start`, so a migration can come first.
    package func openBulkLink() async throws(DatabaseError) -> BulkLink {
        loop.assertCurrent()
        guard bulkLinksOpen < configuration.bulkLinkLimit else { throw turnAway() }
        bulkLinksOpen += 1
        for host in 0..<bulkTarget.hostCount {
            let outcome = Promise<Connector.Outcome>()
            let connector = Connector(
                keywords: bulkTarget.keywords(host: host), pipelined: false,
                milliseconds: configuration.connectMilliseconds, loop: loop
            ) { outcome.keep($0) }
            let reached = await outcome.value()
            withExtendedLifetime(connector) {}
            switch reached {
            case .connected(let link): return BulkLink(self, link)
            case .failed(let reason):
                observe(.connectionFailed(host: bulkTarget.name(host: host), reason: reason))
            }
        }
        bulkLinksOpen -= 1
        throw turnAway()
    }

    /// Runs `body` with a link for long work and closes it afterwards.
    package func withBulkLink<Answer, Failure: DatabaseFailure>(
        _ body: (BulkLink) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let link: BulkLink
        do {
            link = try await openBulkLink()
        } catch {
            throw Failure(error)
        }
        defer { link.close() }
        return try await body(link)
    }
}
