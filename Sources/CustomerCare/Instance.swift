import Electricity
import HTTP
import Postgres
package import Reactor
import Signing

/// One process of the service: its loops, its admin port, its signals.
///
/// The control loop runs on the calling thread and serves the admin port, so that probes are
/// answered while a loop of the service hangs.
package final class Instance {
    /// Why an instance did not come up, or did not go down in time.
    package enum Fault: Error, Sendable, CustomStringConvertible {
        /// A system call of the start failed, such as binding a port.
        case system(SystemError, doing: String)
        /// The master key cannot be used.
        case masterKey(String)
        /// Something else that the instance needs is broken.
        case part(String)
        /// Requests were cut off: the grace time was over or a second signal came.
        case graceExceeded

        package var description: String {
            switch self {
            case .system(let error, let doing): "\(doing) failed: \(error)"
            case .masterKey(let reason): "the master key cannot be used: \(reason)"
            case .part(let reason): reason
            case .graceExceeded: "requests under way were cut off"
            }
        }
    }

    private let configuration: Configuration
    private let world: World
    private let control: EventLoop
    private let readiness: Readiness
    private let blueprint: LoopPart.Blueprint
    private let observer: Observer
    private let metrics: ServiceMetrics
    private let version: String
    /// This instance for calls that come from other loops.
    private let home: LoopLocal<Instance>
    private var threads: [LoopThread] = []
    private var parts: [LoopLocal<LoopPart>] = []
    private var admin: Server?
    private var signals: Signals?
    private var stopDeadline: StopDeadline?
    private var trimming: RepeatingJob?
    private var isStopping = false
    private var runningCount = 0
    private var fault: Fault?

    /// Milliseconds beyond the grace time for the database to end what is under way.
    private static let marginMilliseconds = 5_000
    /// Milliseconds between two looks at the memory in use.
    private static let trimMilliseconds = 20_000

    /// Checks everything that can be checked before the first thread starts.
    init(
        configuration: Configuration, masterKeys: [MasterKey], world: World = .real, log: Log,
        version: String
    ) throws(Fault) {
        self.configuration = configuration
        self.world = world
        self.version = version
        metrics = ServiceMetrics(log: log, version: version)
        do {
            control = try EventLoop(index: configuration.loopCount)
        } catch {
            throw .system(error, doing: "creating the control loop")
        }
        home = LoopLocal(on: control)
        readiness = Readiness(loopCount: configuration.loopCount, now: .now)
        observer = Observer(loop: control, log: log, metrics: metrics) { _ in "" }
        blueprint = try LoopPart.Blueprint(
            configuration: configuration, masterKeys: masterKeys, world: world, log: log,
            metrics: metrics, readiness: readiness)
        // Loops share their port, so a second service on it would go unnoticed without this.
        try Instance.checkIsFree(configuration.bindAddress, configuration.port)
    }

    private static func checkIsFree(_ address: String, _ port: Int) throws(Fault) {
        do {
            _ = try ListeningSocket(address: address, port: UInt16(port), sharesPort: false)
        } catch {
            throw .system(error, doing: "listening on \(address) port \(port)")
        }
    }

    // MARK: Running

    /// Serves until SIGTERM, SIGINT or SIGHUP; returns when the last request is answered.
    ///
    /// Throws `graceExceeded` when requests had to be cut off; loops may be running then, and the
    /// process should end.
    func run() throws(Fault) {
        Signals.block(Signals.stopping)
        control.adoptThread()
        home.value = self
        defer { home.value = nil }
        try startAdmin()
        startTrimming()
        for index in 0..<configuration.loopCount { try startLoop(index) }
        observer.observe(
            .serviceStarted(
                version: version, port: configuration.port, adminPort: configuration.adminPort,
                loopCount: configuration.loopCount))
        do {
            try control.run()
        } catch {
            throw .system(error, doing: "waiting for events")
        }
        if let fault { throw fault }
        for thread in threads { thread.stopAndJoin() }
        observer.observe(.serviceStopped)
    }

    private func startAdmin() throws(Fault) {
        do {
            let server = Server(
                loop: control,
                listener: try ListeningSocket(
                    address: configuration.adminBindAddress,
                    port: UInt16(configuration.adminPort), sharesPort: false),
                deadlines: Deadlines(),
                application: AdminServer(
                    readiness: readiness, exposition: { [metrics] in metrics.exposition() }),
                wallClock: { [world] in world.now().secondsSince1970 })
            try server.start()
            admin = server
            signals = try Signals(Signals.stopping, on: control) { [unowned self] in
                receive(signal: $0)
            }
        } catch {
            throw .system(error, doing: "starting the admin port \(configuration.adminPort)")
        }
    }

    /// On the control loop, where it keeps no request waiting.
    private func startTrimming() {
        let trim = MemoryTrim()
        let job = RepeatingJob(on: control, every: Instance.trimMilliseconds) {
            trim.run()
            return true
        }
        job.start()
        trimming = job
    }

    private func startLoop(_ index: Int) throws(Fault) {
        let loop: EventLoop
        do {
            loop = try EventLoop(index: index)
            threads.append(try LoopThread(running: loop))
        } catch {
            throw .system(error, doing: "starting loop \(index)")
        }
        let place = LoopLocal<LoopPart>(on: loop)
        parts.append(place)
        runningCount += 1
        loop.execute { [blueprint, control, home] in
            do throws(Fault) {
                let part = try LoopPart(blueprint, on: loop)
                place.value = part
                try part.start()
            } catch {
                control.execute { home.value?.end(with: error) }
            }
        }
    }

    // MARK: Stopping

    /// The first signal asks to stop, a second one means at once.
    private func receive(signal: Int32) {
        observer.observe(.stopRequested(signal: Int(signal)))
        if isStopping { return end(with: .graceExceeded) }
        isStopping = true
        readiness.isStopping = true
        let deadline = StopDeadline { [unowned self] in end(with: .graceExceeded) }
        stopDeadline = deadline
        let grace = configuration.graceMilliseconds
        control.schedule(
            deadline, at: control.now.advanced(byMilliseconds: grace + Instance.marginMilliseconds))
        for part in parts {
            part.loop.execute { [control, home] in
                part.loop.start {
                    // Without a part the loop never came up, and there is nothing to finish.
                    let isDrained = await part.value?.stop(graceMilliseconds: grace) ?? true
                    part.value = nil
                    control.execute { home.value?.loopStopped(isDrained: isDrained) }
                }
            }
        }
    }

    private func loopStopped(isDrained: Bool) {
        if !isDrained { fault = .graceExceeded }
        runningCount -= 1
        if runningCount == 0 { control.stop() }
    }

    /// Ends `run` without waiting for anything.
    private func end(with fault: Fault) {
        self.fault = fault
        control.stop()
    }
}

/// The moment at which a stop takes too long.
private final class StopDeadline: Reactor.TimerHandler {
    private let passed: () -> Void

    init(passed: @escaping () -> Void) {
        self.passed = passed
    }

    func timerFired() {
        passed()
    }
}
