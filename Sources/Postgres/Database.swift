package import Reactor

/// The PostgreSQL links of one loop: single reads pipelined over a few, transactions each on a
/// link lent to them, long work on links of its own.
///
/// Loop-confined: every call must be made on the loop. Nothing here blocks, and everything that
/// waits is bounded in number and time by `DatabaseConfiguration`.
package final class Database: @unchecked Sendable {
    let loop: EventLoop
    let configuration: DatabaseConfiguration
    let observe: (DatabaseEvent) -> Void
    let bulkTarget: ConnectionTarget
    var bulkLinksOpen = 0
    /// The shared transaction that still takes members.
    var gathering: SharedTransaction?

    /// Told, on the loop, whenever a link has come up or gone.
    package var linksChanged: (() -> Void)?

    private let reads: [Session]
    private let writes: [Session]
    private let readers: WaitingLine<Session>
    private let writers: WaitingLine<Session>
    private var counters = DatabaseStatistics()
    private var isStopping = false

    /// Prepares the links of a loop; throws `misconfigured` for an unusable connection string.
    ///
    /// - Parameters:
    ///   - random: any 64 bits; spreads the moments of new attempts to connect.
    ///   - observe: is told of connections that come and go, on the loop.
    package init(
        configuration: DatabaseConfiguration, loop: EventLoop,
        random: @escaping () -> UInt64, observe: @escaping (DatabaseEvent) -> Void
    ) throws(DatabaseError) {
        self.configuration = configuration
        self.loop = loop
        self.observe = observe
        let target = try ConnectionTarget(
            configuration, statementMilliseconds: configuration.statementMilliseconds,
            plansOnce: true)
        bulkTarget = try ConnectionTarget(
            configuration, statementMilliseconds: configuration.bulkStatementMilliseconds,
            plansOnce: false)
        func sessions(_ count: Int) -> [Session] {
            (0..<max(1, count)).map { _ in
                Session(
                    target: target, configuration: configuration, loop: loop, random: random,
                    observe: observe)
            }
        }
        reads = sessions(configuration.readLinkCount)
        writes = sessions(configuration.writeLinkCount)
        readers = WaitingLine(
            loop: loop, limit: configuration.waitingLimit,
            milliseconds: configuration.waitMilliseconds)
        writers = WaitingLine(
            loop: loop, limit: configuration.waitingLimit,
            milliseconds: configuration.waitMilliseconds)
    }

    /// Begins to connect, and connects anew whenever a link is lost, until `stop`.
    package func start() {
        loop.assertCurrent()
        for session in reads {
            session.changed = { [weak self] session, change in self?.read(session, change) }
            session.start()
        }
        for session in writes {
            session.changed = { [weak self] session, change in self?.write(session, change) }
            session.start()
        }
    }

    /// Turns new callers away, lets what is under way end within its deadline, and closes.
    package func stop() async {
        isStopping = true
        readers.close()
        writers.close()
        let grace = configuration.statementMilliseconds + configuration.marginMilliseconds
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: grace)
        while isBusy, MonotonicInstant.now < deadline {
            await loop.sleep(milliseconds: 5)
        }
        for session in reads + writes { session.stop() }
    }

    private var isBusy: Bool {
        reads.contains { $0.inFlight > 0 } || writes.contains { $0.isLent }
    }

    /// Whether a read and a transaction would find a link now: for readiness.
    package var isAvailable: Bool {
        !isStopping && reads.contains { $0.isUp } && writes.contains { $0.isUp }
    }

    /// The figures of this moment.
    package var statistics: DatabaseStatistics {
        var figures = counters
        figures.readLinksUp = reads.count { $0.isUp }
        figures.writeLinksUp = writes.count { $0.isUp }
        figures.writeLinksLent = writes.count { $0.isLent }
        figures.inFlight = (reads + writes).reduce(0) { $0 + $1.inFlight }
        figures.waiting = readers.count + writers.count
        return figures
    }

    /// Counts something that has happened.
    func count(_ counter: WritableKeyPath<DatabaseStatistics, Int>) {
        counters[keyPath: counter] += 1
    }

    private func count(_ change: Session.Change) {
        switch change {
        case .isUp:
            counters.connected += 1
            linksChanged?()
        case .isDown:
            counters.lost += 1
            linksChanged?()
        case .hasRoom: break
        }
    }

    // MARK: Links for reads

    /// The link with the fewest statements in flight, or the next one that has room.
    func readSession() async throws(DatabaseError) -> Session {
        loop.assertCurrent()
        if !isStopping {
            if readers.isEmpty, let session = freeReadSession { return session }
            if let session = await readers.wait() { return session }
        }
        throw turnAway()
    }

    private var freeReadSession: Session? {
        var best: Session?
        for session in reads where session.isUp && session.inFlight < configuration.pipelineLimit {
            if let found = best, found.inFlight <= session.inFlight { continue }
            best = session
        }
        return best
    }

    private func read(_ session: Session, _ change: Session.Change) {
        count(change)
        guard change != .isDown else { return }
        // Those served send only when their tasks run, so the room is counted here.
        var room = configuration.pipelineLimit - session.inFlight
        while room > 0, !readers.isEmpty {
            readers.serve(session)
            room -= 1
        }
    }

    func turnAway() -> DatabaseError {
        counters.turnedAway += 1
        let reason = isStopping ? "the service stops" : "no link to the database in time"
        return .unavailable(reason: reason)
    }

    // MARK: Links for transactions

    /// Lends a link; give it back with `giveBack`.
    func lend() async throws(DatabaseError) -> Session {
        loop.assertCurrent()
        if !isStopping {
            if writers.isEmpty, let session = writes.first(where: { $0.isUp && !$0.isLent }) {
                session.isLent = true
                return session
            }
            if let session = await writers.wait() { return session }
        }
        throw turnAway()
    }

    /// Takes a lent link back; nothing may be in flight on it.
    func giveBack(_ session: Session) {
        session.isLent = false
        serveWriter(session)
    }

    private func write(_ session: Session, _ change: Session.Change) {
        count(change)
        if change == .isUp { serveWriter(session) }
    }

    private func serveWriter(_ session: Session) {
        guard session.isUp, !session.isLent, !writers.isEmpty else { return }
        session.isLent = true
        writers.serve(session)
    }
}
