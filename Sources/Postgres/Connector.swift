import Reactor

/// One attempt to connect to one host, within a deadline.
final class Connector: ReadinessHandler, TimerHandler {
    /// How the attempt ended.
    enum Outcome {
        case connected(Link)
        case failed(reason: String)
    }

    private let loop: EventLoop
    private let pipelined: Bool
    private let finish: (Outcome) -> Void
    private var link: Link?
    private var watch: Watch?
    private var deadline: MonotonicInstant
    private var isFinished = false

    /// Begins the attempt; `finish` is called once, never before this returns.
    init(
        keywords: ConnectionTarget.Keywords, pipelined: Bool, milliseconds: Int, loop: EventLoop,
        finish: @escaping (Outcome) -> Void
    ) {
        self.loop = loop
        self.pipelined = pipelined
        self.finish = finish
        deadline = loop.now.advanced(byMilliseconds: milliseconds)
        link = Link(connectingWith: keywords)
        loop.schedule(self, at: deadline)
        guard let link, !link.isBroken else {
            // Through a timer, so that the caller can keep this object first.
            deadline = loop.now
            loop.schedule(self, at: loop.now)
            return
        }
        wait(for: .write)
    }

    deinit {
        if let watch { loop.unwatch(watch) }
    }

    /// Gives up; `finish` is not called.
    func cancel() {
        isFinished = true
        stopWaiting()
        link = nil
    }

    func descriptorIsReady(_ readiness: Interest) {
        // libpq may close the socket and open another inside the step: the watch ends first.
        stopWaiting()
        guard let link else { return }
        switch link.stepConnecting() {
        case .wantsToRead: wait(for: .read)
        case .wantsToWrite: wait(for: .write)
        case .connected:
            self.link = nil
            isFinished = true
            if link.enterNonblocking(pipelined: pipelined) {
                finish(.connected(link))
            } else {
                finish(.failed(reason: link.lastMessage))
            }
        case .failed: fail(link.lastMessage)
        }
    }

    func timerFired() {
        guard !isFinished, loop.now >= deadline else { return }
        guard let link else { return fail("no memory for a connection") }
        fail(link.isBroken ? link.lastMessage : "no connection within the deadline")
    }

    private func fail(_ reason: String) {
        isFinished = true
        stopWaiting()
        link = nil
        finish(.failed(reason: reason))
    }

    private func wait(for interest: Interest) {
        guard let link, link.socket >= 0 else { return }
        do {
            watch = try loop.watch(link.socket, for: interest, handler: self)
        } catch {
            deadline = loop.now
            loop.schedule(self, at: loop.now)
        }
    }

    private func stopWaiting() {
        if let watch { loop.unwatch(watch) }
        watch = nil
    }
}
