import Reactor

/// Runs something on a loop again and again, with a pause between the end of one run and the
/// beginning of the next.
final class RepeatingJob: Reactor.TimerHandler {
    private let loop: EventLoop
    private let pauseMilliseconds: Int
    private let run: () async -> Void
    private var isStopped = false

    init(on loop: EventLoop, every milliseconds: Int, run: @escaping () async -> Void) {
        self.loop = loop
        pauseMilliseconds = milliseconds
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
            await run()
            loop.schedule(self, at: loop.now.advanced(byMilliseconds: pauseMilliseconds))
        }
    }
}
