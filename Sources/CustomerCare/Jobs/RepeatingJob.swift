import Reactor

/// What happens by itself; the raw value names it in the metrics.
enum JobName: String, CaseIterable, Sendable {
    case clients, tariffs, templates, audit, expiry, payments, refunds, outageReports, announcements
    case webhooks, imports, partitions, zaloEvents, messages, attachments
}

/// Runs something on a loop again and again, with a pause between the end of one run and the
/// beginning of the next.
final class RepeatingJob: Reactor.TimerHandler {
    private let loop: EventLoop
    private let pauseMilliseconds: Int
    private let run: () async -> Bool
    private let ended: (Bool) -> Void
    private var isStopped = false

    /// Takes what is to run, which says whether it went well, and whom to tell of that.
    init(
        on loop: EventLoop, every milliseconds: Int, ended: @escaping (Bool) -> Void = { _ in },
        run: @escaping () async -> Bool
    ) {
        self.loop = loop
        pauseMilliseconds = milliseconds
        self.ended = ended
        self.run = run
    }

    /// Begins with a run at once; on the loop.
    func start() {
        timerFired()
    }

    /// Begins no further run.
    func stop() {
        isStopped = true
    }

    func timerFired() {
        guard !isStopped else { return }
        loop.start { [self] in
            ended(await run())
            loop.schedule(self, at: loop.now.advanced(byMilliseconds: pauseMilliseconds))
        }
    }
}
