import CLinux
import Glibc
package import Reactor

/// The HTTP server of one loop: its listening socket, its connections, what they share.
package final class Server: ReadinessHandler, TimerHandler {
    /// What a server counts; for metrics.
    package struct Statistics: Sendable {
        /// Connections open now.
        package internal(set) var open = 0
        /// Connections accepted since the start.
        package internal(set) var accepted = 0
        /// Times the listener had to rest because connections, descriptors or memory had run out.
        package internal(set) var acceptPauses = 0
        /// Messages refused before the application saw them.
        package internal(set) var refused = 0
    }

    let loop: EventLoop
    let deadlines: Deadlines
    let application: any Application
    private let connectionLimit: Int
    private let wallClock: () -> Int64
    /// nil once the server stops, so that the kernel hands it no more connections.
    private var listener: ListeningSocket?
    private var listening: Watch?
    private var isPaused = false

    /// Connections of this loop, each at the place that it remembers itself.
    private var connections: [Connection] = []
    private var dateField = DateField()
    /// What was read last; shared by all connections, since each leaves nothing in it.
    var scratch = [UInt8](repeating: 0, count: Limits.readBytes)
    /// Room for an answer on its way out, lent to the connection that writes: an idle one has none.
    private var spareOutput: [UInt8] = []
    /// Bytes received and not consumed, and written and not taken, of all connections.
    var heldBytes = 0
    /// Bytes of bodies that are being held in memory now.
    var bufferedBytes = 0
    /// Whether answers say `Connection: close` from now on.
    private(set) var isStopping = false
    private var stopDeadline: MonotonicInstant
    private var drained: Promise<Void>?
    /// The counts so far.
    package internal(set) var statistics = Statistics()

    /// Serves `application` on a listening socket.
    ///
    /// `wallClock` gives seconds since 1970. Above `connectionLimit` the listener waits.
    package init(
        loop: EventLoop, listener: consuming ListeningSocket, deadlines: Deadlines,
        application: any Application, connectionLimit: Int = Limits.connectionsPerLoop,
        wallClock: @escaping () -> Int64
    ) {
        self.loop = loop
        stopDeadline = loop.now
        self.listener = consume listener
        self.deadlines = deadlines
        self.application = application
        self.connectionLimit = connectionLimit
        self.wallClock = wallClock
    }

    /// Begins to accept; on the loop.
    package func start() throws(SystemError) {
        guard let number = listener?.descriptor.number else { return }
        listening = try loop.watch(number, for: .read, handler: self)
    }

    /// Stops accepting, lets running requests finish with `Connection: close`, and returns when
    /// all connections are gone or the grace time is over; true when none had to be cut off.
    @discardableResult
    package func stop(graceMilliseconds: Int) async -> Bool {
        guard !isStopping else { return connections.isEmpty }
        isStopping = true
        // Who has been let in by the kernel already is served: closing would reset them.
        descriptorIsReady(.read)
        if let listening { loop.unwatch(listening) }
        listening = nil
        listener = nil
        for connection in connections { connection.serverStops() }
        guard !connections.isEmpty else { return true }
        let promise = Promise<Void>()
        drained = promise
        stopDeadline = loop.now.advanced(byMilliseconds: graceMilliseconds)
        loop.schedule(self, at: stopDeadline)
        await promise.value()
        let isDrained = connections.isEmpty
        for connection in connections { connection.close() }
        return isDrained
    }

    // MARK: Accepting

    package func descriptorIsReady(_ readiness: Interest) {
        guard let listener = listener?.descriptor.number else { return }
        for _ in 0..<Limits.acceptsPerTurn {
            guard connections.count < connectionLimit else { return pause() }
            let number = clinux_accept(listener)
            if number >= 0 {
                adopt(Descriptor(owning: number))
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOMEM, ENOBUFS: return pause()
            default: return
            }
        }
    }

    private func adopt(_ descriptor: consuming Descriptor) {
        let connection = Connection(descriptor, server: self, place: connections.count)
        connections.append(connection)
        statistics.accepted += 1
        statistics.open = connections.count
        connection.start()
    }

    /// Rests for a moment: a ready listener that cannot accept would keep the loop spinning.
    private func pause() {
        guard let listening, !isPaused else { return }
        isPaused = true
        statistics.acceptPauses += 1
        loop.update(listening, to: [])
        loop.schedule(self, at: loop.now.advanced(byMilliseconds: Limits.acceptPauseMilliseconds))
    }

    package func timerFired() {
        if isStopping {
            if stopDeadline <= loop.now { drained?.keep(()) }
        } else if let listening {
            isPaused = false
            loop.update(listening, to: .read)
        }
    }

    // MARK: What connections share

    /// Lends the spare room; empty, but for its capacity.
    func takeOutputRoom() -> [UInt8] {
        defer { spareOutput = [] }
        return spareOutput
    }

    /// Takes room back whose bytes have all been sent.
    func giveBack(outputRoom room: consuming [UInt8]) {
        guard room.capacity <= Limits.readBytes else { return }
        room.removeAll(keepingCapacity: true)
        spareOutput = room
    }

    func forget(_ connection: Connection) {
        let last = connections.removeLast()
        if last !== connection {
            connections[connection.place] = last
            last.place = connection.place
        }
        statistics.open = connections.count
        if connections.isEmpty { drained?.keep(()) }
    }

    func dateLine() -> [UInt8] {
        dateField.line(at: wallClock())
    }
}
