internal import Reactor
internal import Synchronization

/// What the probes of the admin port ask for; any thread may read and set it.
///
/// Each loop reports several times a second. A report that is too old counts as a bad one, so a
/// loop that hangs makes the service unready, and in the end not alive.
final class Readiness: Sendable {
    /// Nanoseconds after which a silent loop is no longer ready.
    static let readyNanoseconds: UInt64 = 2_000_000_000
    /// Nanoseconds after which a silent loop is no longer alive.
    static let liveNanoseconds: UInt64 = 10_000_000_000

    /// What one loop says of itself; read from the thread of the admin port.
    private final class LoopState: Sendable {
        let stamp: Atomic<UInt64>
        let hasDatabase = Atomic<Bool>(false)
        let hasClients = Atomic<Bool>(false)

        init(now: MonotonicInstant) {
            stamp = Atomic(now.nanoseconds)
        }
    }

    private let loops: [LoopState]
    private let stopping = Atomic<Bool>(false)

    /// Nothing is ready yet; a loop that never reports is missed from `now` on.
    init(loopCount: Int, now: MonotonicInstant) {
        loops = (0..<loopCount).map { _ in LoopState(now: now) }
    }

    /// Whether the service has been asked to stop: it is alive then, but no longer ready.
    var isStopping: Bool {
        get { stopping.load(ordering: .relaxed) }
        set { stopping.store(newValue, ordering: .relaxed) }
    }

    /// The loop has turned at that time.
    func stamp(loop: Int, at now: MonotonicInstant) {
        loops[loop].stamp.store(now.nanoseconds, ordering: .relaxed)
    }

    /// Whether a statement on the loop would find a database link.
    func set(loop: Int, database: Bool) {
        loops[loop].hasDatabase.store(database, ordering: .relaxed)
    }

    /// Whether the loop knows the clients and their keys.
    func set(loop: Int, clients: Bool) {
        loops[loop].hasClients.store(clients, ordering: .relaxed)
    }

    /// The loops that have not turned for ten seconds; none when the service is alive.
    func silentLoops(at now: MonotonicInstant) -> [Int] {
        loops.indices.filter { age(of: $0, at: now) > Self.liveNanoseconds }
    }

    /// The names of the checks that fail; none when the service is ready.
    func failedChecks(at now: MonotonicInstant) -> [String] {
        var failed: [String] = []
        if isStopping { failed.append("stopping") }
        if loops.contains(where: { !$0.hasDatabase.load(ordering: .relaxed) }) {
            failed.append("database")
        }
        if loops.contains(where: { !$0.hasClients.load(ordering: .relaxed) }) {
            failed.append("clients")
        }
        if loops.indices.contains(where: { age(of: $0, at: now) > Self.readyNanoseconds }) {
            failed.append("loops")
        }
        return failed
    }

    private func age(of loop: Int, at now: MonotonicInstant) -> UInt64 {
        let stamp = loops[loop].stamp.load(ordering: .relaxed)
        return now.nanoseconds(since: MonotonicInstant(nanoseconds: stamp))
    }
}
