import CCurl
package import Reactor

/// Sends requests to other services from one loop: libcurl's multi interface, driven by the loop.
///
/// Loop-confined. Nothing in it blocks: names are resolved on libcurl's own threads.
@safe
package final class HTTPCaller: Reactor.TimerHandler, @unchecked Sendable {
    /// How long one exchange may take and how much it may bring.
    package struct Bounds: Sendable {
        /// Milliseconds until a connection stands, TLS included.
        package var connectMilliseconds = 3_000
        /// Milliseconds of the whole exchange.
        package var totalMilliseconds = 8_000
        /// Bytes of an answer.
        package var replyBytes = 262_144
        /// Whether `http` addresses may be called; for machines of one's own.
        package var allowsPlainText = false
        /// Whether only public addresses are called: for places that others have named.
        package var refusesPrivateAddresses = false

        /// The bounds named above.
        package init() {}
    }

    /// Connections kept open for the next request.
    private static let idleConnections = 16

    private let loop: EventLoop
    private let bounds: Bounds
    private let multi: UnsafeMutableRawPointer
    /// By the address of libcurl's handle.
    private var transfers: [UInt: Transfer] = [:]
    private var sockets: [Int32: SocketWatch] = [:]
    private var deadline: MonotonicInstant?
    private var isStopped = false

    /// Gets ready; on the loop.
    package init(on loop: EventLoop, bounds: Bounds = Bounds()) {
        self.loop = loop
        self.bounds = bounds
        HTTPCaller.prepareLibrary
        guard let multi = unsafe curl_multi_init() else {
            preconditionFailure("libcurl gives a handle unless memory is out")
        }
        unsafe self.multi = unsafe multi
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let watched = unsafe ccurl_watch_sockets(multi, socketChanged, context)
        let timed = unsafe ccurl_watch_timer(multi, timerChanged, context)
        _ = unsafe ccurl_set_multi_number(
            multi, CURLMOPT_MAXCONNECTS, HTTPCaller.idleConnections)
        precondition(
            watched == CURLM_OK && timed == CURLM_OK, "libcurl takes callbacks of these types")
    }

    deinit { _ = unsafe curl_multi_cleanup(multi) }

    /// Once per process, before any handle.
    static let prepareLibrary: Void = {
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        precondition(code == CURLE_OK, "libcurl finds its TLS library")
    }()

    /// Requests under way.
    package var count: Int { transfers.count }

    /// Sends one request, once, and waits for the answer, whatever its status.
    package func send(_ request: OutgoingRequest) async throws(CallFault) -> IncomingReply {
        loop.assertCurrent()
        if isStopped { throw .stopped }
        let transfer = try Transfer(request, bounds)
        transfers[transfer.key] = transfer
        let code = unsafe curl_multi_add_handle(multi, transfer.easy)
        guard code == CURLM_OK else {
            transfers[transfer.key] = nil
            throw .notSent(reason: "\(code.rawValue)")
        }
        armTimer()
        return try await transfer.outcome.value().get()
    }

    /// Breaks off what is under way and lets go of the loop.
    package func stop() {
        isStopped = true
        for transfer in Array(transfers.values) { finish(transfer, .failure(.stopped)) }
        for watch in sockets.values { loop.unwatch(watch.watch) }
        sockets.removeAll()
        deadline = nil
    }

    // MARK: What libcurl asks for

    /// Watches a socket as libcurl wants it; false when the kernel does not let it.
    fileprivate func watch(_ socket: Int32, for what: Int32) -> Bool {
        if what == CURL_POLL_REMOVE {
            if let old = sockets.removeValue(forKey: socket) { loop.unwatch(old.watch) }
            return true
        }
        let interest: Interest =
            switch what {
            case CURL_POLL_IN: .read
            case CURL_POLL_OUT: .write
            default: [.read, .write]
            }
        if let known = sockets[socket] {
            loop.update(known.watch, to: interest)
            return true
        }
        let ready = SocketReadiness(of: socket, caller: self)
        do {
            let watch = try loop.watch(socket, for: interest, handler: ready)
            sockets[socket] = SocketWatch(watch: watch)
            return true
        } catch {
            return false
        }
    }

    /// Remembers when libcurl wants to be called; it may not be called from here.
    fileprivate func remember(timeoutMilliseconds: Int) {
        deadline =
            timeoutMilliseconds < 0
            ? nil : loop.now.advanced(byMilliseconds: timeoutMilliseconds)
    }

    fileprivate func socketIsReady(_ socket: Int32, _ readiness: Interest) {
        var events: Int32 = 0
        if readiness.contains(.read) { events |= CURL_CSELECT_IN }
        if readiness.contains(.write) { events |= CURL_CSELECT_OUT }
        if !readiness.isDisjoint(with: .broken) { events |= CURL_CSELECT_ERR }
        act(on: socket, events)
    }

    package func timerFired() {
        guard let deadline, deadline <= loop.now else { return }
        self.deadline = nil
        act(on: ccurl_no_socket(), 0)
    }

    private func act(on socket: Int32, _ events: Int32) {
        var running: Int32 = 0
        _ = unsafe curl_multi_socket_action(multi, socket, events, &running)
        takeFinished()
        armTimer()
    }

    private func armTimer() {
        if let deadline { loop.schedule(self, at: deadline) }
    }

    // MARK: Ends of transfers

    private func takeFinished() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let easy = unsafe message.pointee.easy_handle,
                let transfer = transfers[UInt(bitPattern: easy)]
            else { continue }
            let code = unsafe message.pointee.data.result
            finish(transfer, transfer.result(code))
        }
    }

    private func finish(_ transfer: Transfer, _ result: Result<IncomingReply, CallFault>) {
        transfers[transfer.key] = nil
        _ = unsafe curl_multi_remove_handle(multi, transfer.easy)
        transfer.outcome.keep(result)
    }
}

/// The watch of one of libcurl's sockets.
private struct SocketWatch {
    let watch: Watch
}

/// Tells the caller that one of libcurl's sockets is ready.
private final class SocketReadiness: ReadinessHandler {
    private let socket: Int32
    private weak var caller: HTTPCaller?

    init(of socket: Int32, caller: HTTPCaller) {
        self.socket = socket
        self.caller = caller
    }

    func descriptorIsReady(_ readiness: Interest) {
        caller?.socketIsReady(socket, readiness)
    }
}

/// libcurl's callback for sockets; its context is the caller.
private func socketChanged(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32,
    _ context: UnsafeMutableRawPointer?, _ own: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return -1 }
    let caller = unsafe Unmanaged<HTTPCaller>.fromOpaque(context).takeUnretainedValue()
    return caller.watch(socket, for: what) ? 0 : -1
}

/// libcurl's callback for its timer; its context is the caller.
private func timerChanged(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<HTTPCaller>.fromOpaque(context).takeUnretainedValue()
        .remember(timeoutMilliseconds: milliseconds)
    return 0
}
