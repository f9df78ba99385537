internal import HTTP
internal import Postgres
internal import Reactor

/// What a loop reports about itself: that it turns, whether its database answers, its figures.
///
/// A fault of the database is seen within 1.75 s, also one that swallows packets: a probe begins
/// every 500 ms, has failed when it is not answered within 1 s, and a beat looks every 250 ms.
final class LoopReport: Reactor.TimerHandler {
    /// What a report asks for; all of it is called on the loop.
    struct Sources {
        /// The figures of the loop's server.
        let server: () -> Server.Statistics
        /// The figures of the loop's database links.
        let database: () -> DatabaseStatistics
        /// Runs the smallest statement; whether it was answered.
        let probeDatabase: () async -> Bool
        /// Whether the clients and their keys are loaded.
        let hasClients: () -> Bool
    }

    /// Milliseconds between two looks.
    private static let beatMilliseconds = 250
    /// Beats between the begins of two probes.
    private static let probeBeats = 2
    /// Beats between two updates of the series.
    private static let reportBeats = 4
    /// Nanoseconds after which a probe without an answer has failed.
    private static let probeNanoseconds: UInt64 = 1_000_000_000

    private let loop: EventLoop
    private let sources: Sources
    private let readiness: Readiness
    private let observer: Observer
    private var due: MonotonicInstant
    private var beatCount = 0
    private var isStopped = false
    private var worstLagNanoseconds: UInt64 = 0
    private var probeStart: MonotonicInstant?
    private var isProbed = false
    private var wasReady = false

    /// Reports about `loop`; whoever starts it keeps it, since timers hold weakly.
    init(loop: EventLoop, sources: Sources, readiness: Readiness, observer: Observer) {
        self.loop = loop
        self.sources = sources
        self.readiness = readiness
        self.observer = observer
        due = loop.now
    }

    /// Begins to report, at once and then with every beat; on the loop.
    func start() {
        due = loop.now
        timerFired()
    }

    /// Tells at once what would be told with the next beat: something has just become so.
    func refresh() {
        if !isStopped { tell() }
    }

    /// Reports no more.
    func stop() {
        isStopped = true
    }

    func timerFired() {
        guard !isStopped else { return }
        let now = MonotonicInstant.now
        worstLagNanoseconds = max(worstLagNanoseconds, now.nanoseconds(since: due))
        beat(at: now)
        due = now.advanced(byMilliseconds: Self.beatMilliseconds)
        loop.schedule(self, at: due)
    }

    private func beat(at now: MonotonicInstant) {
        if beatCount % Self.probeBeats == 0 { probe(at: now) }
        if let probeStart, now.nanoseconds(since: probeStart) > Self.probeNanoseconds {
            isProbed = false
        }
        readiness.stamp(loop: loop.index, at: now)
        tell()
        if beatCount % Self.reportBeats == 0 {
            observer.report(
                server: sources.server(), database: sources.database(),
                lagNanoseconds: worstLagNanoseconds)
            worstLagNanoseconds = 0
        }
        beatCount += 1
    }

    private func tell() {
        let database = sources.database()
        let hasDatabase = isProbed && database.readLinksUp > 0 && database.writeLinksUp > 0
        let hasClients = sources.hasClients()
        readiness.set(loop: loop.index, database: hasDatabase)
        readiness.set(loop: loop.index, clients: hasClients)
        let isReady = hasDatabase && hasClients
        if isReady && !wasReady { observer.observe(.loopBecameReady) }
        if !isReady && wasReady {
            observer.observe(.loopBecameUnready(check: hasDatabase ? "clients" : "database"))
        }
        wasReady = isReady
    }

    private func probe(at now: MonotonicInstant) {
        guard probeStart == nil else { return }
        probeStart = now
        loop.start { [self] in
            let isAnswered = await sources.probeDatabase()
            // An answer that came too late leaves the failure; the next probe may mend it.
            let taken = MonotonicInstant.now.nanoseconds(since: now)
            isProbed = isAnswered && taken <= Self.probeNanoseconds
            probeStart = nil
            if !isStopped { tell() }
        }
    }
}
