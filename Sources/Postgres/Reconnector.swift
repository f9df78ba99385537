import Reactor

/// Keeps trying to connect: each host in turn, then a pause that grows with every failed round.
final class Reconnector: TimerHandler {
    /// How long a link must last for the pauses to begin small again, in nanoseconds.
    private static let steadyNanoseconds: UInt64 = 2_000_000_000

    /// Given each new link; call `connectionWasLost` when it has gone.
    var connected: ((Link) -> Void)?

    private let target: ConnectionTarget
    private let configuration: DatabaseConfiguration
    private let loop: EventLoop
    private let random: () -> UInt64
    private let observe: (DatabaseEvent) -> Void
    private var connector: Connector?
    private var resumesAt: MonotonicInstant?
    private var cameUp: MonotonicInstant?
    private var isStopped = true
    /// The host that was reached last is tried first.
    private var host = 0
    private var hostsTried = 0
    private var failedRounds = 0

    init(
        target: ConnectionTarget, configuration: DatabaseConfiguration, loop: EventLoop,
        random: @escaping () -> UInt64, observe: @escaping (DatabaseEvent) -> Void
    ) {
        self.target = target
        self.configuration = configuration
        self.loop = loop
        self.random = random
        self.observe = observe
    }

    func start() {
        guard isStopped else { return }
        isStopped = false
        connect()
    }

    func stop() {
        isStopped = true
        resumesAt = nil
        connector?.cancel()
        connector = nil
    }

    /// Tries again, after a pause.
    func connectionWasLost() {
        if let cameUp, loop.now.nanoseconds(since: cameUp) > Reconnector.steadyNanoseconds {
            failedRounds = 0
        }
        pause()
    }

    func timerFired() {
        guard let due = resumesAt, loop.now >= due else { return }
        resumesAt = nil
        connect()
    }

    private func connect() {
        connector = Connector(
            keywords: target.keywords(host: host), pipelined: true,
            milliseconds: configuration.connectMilliseconds, loop: loop
        ) { [weak self] outcome in self?.attemptEnded(outcome) }
    }

    private func attemptEnded(_ outcome: Connector.Outcome) {
        connector = nil
        switch outcome {
        case .connected(let link):
            hostsTried = 0
            cameUp = loop.now
            observe(.connected(host: target.name(host: host)))
            connected?(link)
        case .failed(let reason):
            observe(.connectionFailed(host: target.name(host: host), reason: reason))
            host = (host + 1) % target.hostCount
            hostsTried += 1
            if hostsTried < target.hostCount { connect() } else { pause() }
        }
    }

    private func pause() {
        guard !isStopped else { return }
        hostsTried = 0
        let full = min(
            configuration.firstPauseMilliseconds << min(failedRounds, 16),
            configuration.longestPauseMilliseconds)
        failedRounds += 1
        // Half of it by chance, so that loops and instances do not come back in step.
        let pause = full / 2 + Int(random() % UInt64(max(1, full / 2 + 1)))
        let due = loop.now.advanced(byMilliseconds: pause)
        resumesAt = due
        loop.schedule(self, at: due)
    }
}
