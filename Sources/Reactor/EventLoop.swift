import CLinux
import Glibc
import Synchronization

/// One thread that sleeps until a descriptor is ready or a time has come, then runs what waits.
///
/// It is also the executor of the tasks started on it: a handler's `await` comes back to the same
/// thread, so state that belongs to a loop needs no lock. Every method but `execute`, `enqueue`
/// and `stop` must be called on the loop's own thread.
package final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
    /// Bounds of one turn, so that no source of work starves another.
    private enum Bound {
        /// Events taken from the kernel at once.
        static let events = 256
        /// Rounds of jobs that jobs of the same turn have made ready.
        static let jobRounds = 16
        /// Timers fired in one turn.
        static let timers = 1_024
    }

    /// What other threads leave for the loop until its next turn.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isWoken = false
        var isStopped = false
    }

    /// A number for metrics and for what is kept per loop.
    package let index: Int
    /// The time at which this turn began to work.
    package private(set) var now = MonotonicInstant.now
    /// Nanoseconds the last turn's work took: how late a newly ready event may be served.
    package private(set) var lastTurnNanoseconds: UInt64 = 0

    private let epoll: Descriptor
    private let wakeUp: Descriptor
    private let inbox = Mutex(Inbox())
    /// The thread that runs the loop, 0 before; `enqueue` looks at it from any thread.
    private let thread = Atomic<pthread_t>(0)
    private var watches = WatchTable()
    private var timers = TimerQueue()
    private var jobs: [UnownedJob] = []
    private var turnEnds: [any TurnEndHandler] = []
    private let wakeUpToken = UInt64.max

    /// Creates a loop that waits to be run.
    package init(index: Int = 0) throws(SystemError) {
        self.index = index
        let epollNumber = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epollNumber >= 0 else { throw .last("epoll_create1") }
        epoll = Descriptor(owning: epollNumber)
        let eventNumber = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard eventNumber >= 0 else { throw .last("eventfd") }
        wakeUp = Descriptor(owning: eventNumber)
        let added = clinux_epoll_control(
            epoll.number, EPOLL_CTL_ADD, wakeUp.number, EPOLLIN.rawValue, wakeUpToken)
        guard added == 0 else { throw .last("epoll_ctl") }
    }

    /// How many descriptors are watched.
    package var watchCount: Int { watches.count }

    /// Whether the caller stands on this loop's thread.
    package var isCurrent: Bool {
        pthread_equal(thread.load(ordering: .relaxed), pthread_self()) != 0
    }

    /// In debug builds, stops the program when loop-confined state is touched from another thread.
    package func assertCurrent() {
        assert(isCurrent, "loop-confined state is touched from another thread")
    }

    // MARK: Running

    /// Makes the calling thread the loop's own before `run`, so that what lives on the loop can be
    /// set up there; the same thread must then run it.
    package func adoptThread() {
        thread.store(pthread_self(), ordering: .relaxed)
    }

    /// Runs turns on the calling thread until `stop` is called.
    package func run() throws(SystemError) {
        adoptThread()
        let capacity = Bound.events
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { unsafe events.deallocate() }
        while !inbox.withLock({ $0.isStopped }) {
            let count = unsafe epoll_wait(
                epoll.number, events, Int32(capacity), millisecondsToSleep())
            if count < 0 && errno != EINTR { throw .last("epoll_wait") }
            now = .now
            for position in 0..<Int(max(0, count)) {
                unsafe dispatch(events + position)
            }
            finishTurn()
        }
    }

    /// Ends `run` after the turn under way; any thread may call it.
    package func stop() {
        inbox.withLock { $0.isStopped = true }
        ring()
    }

    private func dispatch(_ event: UnsafePointer<epoll_event>) {
        let token = unsafe clinux_event_token(event)
        if token == wakeUpToken { return takeInbox() }
        let handler = watches.handler(for: Watch(token: token))
        handler?.descriptorIsReady(Interest(rawValue: unsafe clinux_event_bits(event)))
    }

    private func finishTurn() {
        runJobs()
        fireTimers()
        runJobs()
        var rounds = 0
        while !turnEnds.isEmpty && rounds < Bound.jobRounds {
            let ending = turnEnds
            turnEnds.removeAll(keepingCapacity: true)
            for handler in ending { handler.turnEnds() }
            runJobs()
            rounds += 1
        }
        lastTurnNanoseconds = MonotonicInstant.now.nanoseconds(since: now)
    }

    private func runJobs() {
        var rounds = 0
        var ready: [UnownedJob] = []
        while !jobs.isEmpty && rounds < Bound.jobRounds {
            swap(&ready, &jobs)
            for job in ready {
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
            ready.removeAll(keepingCapacity: true)
            rounds += 1
        }
        if jobs.isEmpty { swap(&ready, &jobs) }
    }

    private func fireTimers() {
        var fired = 0
        while fired < Bound.timers, let expired = timers.popExpired(at: now) {
            expired?.timerFired()
            fired += 1
        }
    }

    private func millisecondsToSleep() -> Int32 {
        if !jobs.isEmpty || !turnEnds.isEmpty { return 0 }
        guard let earliest = timers.earliest else { return -1 }
        let nanoseconds = earliest.nanoseconds(since: .now)
        // Rounded up: waking a fraction early would spin through empty turns.
        return Int32(min((nanoseconds + 999_999) / 1_000_000, 3_600_000))
    }

    // MARK: From other threads

    /// Runs a call on the loop in one of its next turns; any thread may call it.
    package func execute(_ call: @escaping @Sendable () -> Void) {
        let mustRing = inbox.withLock { inbox in
            inbox.calls.append(call)
            defer { inbox.isWoken = true }
            return !inbox.isWoken
        }
        if mustRing { ring() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        if isCurrent {
            jobs.append(unowned)
            return
        }
        let mustRing = inbox.withLock { inbox in
            inbox.jobs.append(unowned)
            defer { inbox.isWoken = true }
            return !inbox.isWoken
        }
        if mustRing { ring() }
    }

    private func ring() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the loop is awake anyway.
        _ = unsafe write(wakeUp.number, &one, 8)
    }

    private func takeInbox() {
        var count: UInt64 = 0
        _ = unsafe read(wakeUp.number, &count, 8)
        let taken = inbox.withLock { inbox in
            defer {
                inbox.jobs = []
                inbox.calls = []
                inbox.isWoken = false
            }
            return (jobs: inbox.jobs, calls: inbox.calls)
        }
        jobs.append(contentsOf: taken.jobs)
        for call in taken.calls { call() }
    }

    // MARK: Waiting for descriptors, times and the end of a turn

    /// Tells `handler` whenever the descriptor is ready, until `unwatch`.
    ///
    /// The loop keeps the handler alive for as long as the watch lasts.
    package func watch(
        _ descriptor: Int32, for interest: Interest, handler: any ReadinessHandler
    ) throws(SystemError) -> Watch {
        assertCurrent()
        let watch = watches.insert(handler, descriptor: descriptor)
        let added = clinux_epoll_control(
            epoll.number, EPOLL_CTL_ADD, descriptor, interest.rawValue, watch.token)
        guard added == 0 else {
            let error = SystemError.last("epoll_ctl")
            _ = watches.remove(watch)
            throw error
        }
        return watch
    }

    /// Changes what a watch is told about.
    package func update(_ watch: Watch, to interest: Interest) {
        assertCurrent()
        guard let descriptor = watches.descriptor(of: watch) else { return }
        _ = clinux_epoll_control(
            epoll.number, EPOLL_CTL_MOD, descriptor, interest.rawValue, watch.token)
    }

    /// Ends a watch; must come before the descriptor is closed.
    package func unwatch(_ watch: Watch) {
        assertCurrent()
        guard let descriptor = watches.remove(watch) else { return }
        _ = clinux_epoll_control(epoll.number, EPOLL_CTL_DEL, descriptor, 0, 0)
    }

    /// Tells `handler` once, after the deadline; the handler is held weakly.
    package func schedule(_ handler: any TimerHandler, at deadline: MonotonicInstant) {
        assertCurrent()
        timers.insert(handler, at: deadline)
    }

    /// Tells `handler` once, when everything ready in this turn has run.
    package func atEndOfTurn(_ handler: any TurnEndHandler) {
        assertCurrent()
        turnEnds.append(handler)
    }
}

/// Something that gathers work during a turn and sends it off in one go at its end.
package protocol TurnEndHandler: AnyObject {
    /// Called on the loop after every event and job of the turn.
    func turnEnds()
}
