import Glibc
import Reactor

/// One connection: reads requests, has them answered one after the other, writes the answers.
final class Connection: ReadinessHandler, TimerHandler {
    /// Where this connection stands in the server's list.
    var place: Int

    private let descriptor: Descriptor
    private let server: Server
    private var watch: Watch?
    private var interest: Interest = .read
    private var phase = ConnectionPhase.head
    private var parser = RequestParser()
    /// Received and not yet consumed.
    private var pending: [UInt8] = []
    private var output = Output()
    /// Bytes of both as the server has counted them.
    private var held = 0
    private var body = BodyReader.none
    private var hasBegunRequest = false
    private var isConsuming = false
    /// Whether the requests that wait are looked at in a later turn.
    var continuesLater = false
    private var peerHasFinished = false
    private var closesAfterOutput = false
    /// Grows with every request, so that an answer that comes after its deadline is recognised.
    private var exchange = 0
    private var lingered = 0
    /// When the present phase must be over.
    private var deadline: MonotonicInstant
    /// When the socket must have taken all output; nil while there is none.
    private var writeDeadline: MonotonicInstant?
    /// The earliest entry of this connection in the loop's timers that is still to fire.
    private var scheduled: MonotonicInstant?

    init(_ descriptor: consuming Descriptor, server: Server, place: Int) {
        self.descriptor = descriptor
        self.server = server
        self.place = place
        deadline = server.loop.now
    }

    func start() {
        do {
            watch = try server.loop.watch(descriptor.number, for: .read, handler: self)
            setDeadline(server.deadlines.idle)
        } catch {
            close()
        }
    }

    /// Lets go of everything; the descriptor closes with the last reference.
    func close() {
        if case .closed = phase { return }
        if case .streaming(let request) = phase { request.stream?.fail(.incomplete) }
        releaseBody()
        phase = .closed
        pending = []
        output.drop()
        server.heldBytes -= held
        held = 0
        if let watch { server.loop.unwatch(watch) }
        watch = nil
        shutdown(descriptor.number, Int32(SHUT_RDWR))
        server.forget(self)
    }

    /// The server takes no more requests: an idle connection has nothing to wait for.
    func serverStops() {
        // What the peer has sent by now is still answered.
        receive()
        guard case .head = phase, !hasBegunRequest, pending.isEmpty else { return }
        if !output.isEmpty {
            closesAfterOutput = true
        } else if exchange == 0 {
            // Its first request is on its way, most likely.
            setDeadline(Limits.freshConnectionMilliseconds)
        } else {
            close()
        }
    }

    // MARK: Events

    func descriptorIsReady(_ readiness: Interest) {
        if !readiness.isDisjoint(with: .broken) { return close() }
        if readiness.contains(.write) {
            flush()
            if output.isEmpty { consumePending() }
        }
        if readiness.contains(.read) { receive() }
    }

    func timerFired() {
        if case .closed = phase { return }
        let now = server.loop.now
        // Forgotten before anything sets a new deadline, which would else find it and rely on it.
        if let scheduled, scheduled <= now { self.scheduled = nil }
        if let writeDeadline, writeDeadline <= now { return close() }
        if deadline <= now { expire() }
        if case .closed = phase { return }
        schedule(min(deadline, writeDeadline ?? deadline))
    }

    private func setDeadline(_ milliseconds: Int) {
        deadline = server.loop.now.advanced(byMilliseconds: milliseconds)
        schedule(deadline)
    }

    private func schedule(_ instant: MonotonicInstant) {
        if let scheduled, scheduled <= instant { return }
        scheduled = instant
        server.loop.schedule(self, at: instant)
    }

    private func expire() {
        switch phase {
        case .head where !output.isEmpty && (closesAfterOutput || !hasBegunRequest):
            // The answer is still on its way: its own deadline counts.
            setDeadline(server.deadlines.write)
        case .head: hasBegunRequest ? refuse(408) : close()
        case .body: refuse(408)
        case .handling: refuse(503)
        case .streaming(let request): abandonStream(of: request)
        case .lingering: close()
        case .closed: break
        }
    }

    /// The rest of the body will not come: the handler learns it and has time to answer.
    private func abandonStream(of request: Request) {
        phase = .handling(request)
        closesAfterOutput = true
        setDeadline(server.deadlines.request)
        request.stream?.fail(.incomplete)
    }

    // MARK: Reading

    private func receive() {
        guard wantsInput else { return updateInterest() }
        let count = unsafe server.scratch.withUnsafeMutableBytes { buffer in
            unsafe read(descriptor.number, buffer.baseAddress, buffer.count)
        }
        if count < 0 {
            if errno != EAGAIN && errno != EINTR { close() }
            return
        }
        if count == 0 { return peerFinished() }
        if pending.isEmpty {
            // Borrowed for the time of the call: a handler that runs at once must not read into it.
            let scratch = server.scratch
            let consumed = consume(scratch.span.extracting(0..<count))
            if consumed < count { pending.append(contentsOf: scratch[consumed..<count]) }
        } else {
            pending.append(contentsOf: server.scratch[0..<count])
            consumePending()
        }
        updateInterest()
    }

    private func peerFinished() {
        peerHasFinished = true
        switch phase {
        case .head where continuesLater:
            break
        case .head where !output.isEmpty:
            // Requests that wait for the output to go are looked at again when it has gone.
            if pending.isEmpty { closesAfterOutput = true }
        case .head:
            // A request cut off in the middle still gets its answer: the peer may be listening.
            hasBegunRequest ? refuse(400) : close()
        case .body: refuse(400)
        case .streaming(let request): abandonStream(of: request)
        case .lingering: close()
        case .handling, .closed: break
        }
        updateInterest()
    }

    /// Whether bytes from the socket have a place to go.
    private var wantsInput: Bool {
        if peerHasFinished || continuesLater { return false }
        switch phase {
        case .head, .body: return output.isEmpty || pending.count < Limits.pipelinedBytes
        case .handling: return pending.count < Limits.pipelinedBytes
        case .streaming(let request): return (request.stream?.room ?? 0) > 0 && pending.isEmpty
        case .lingering: return true
        case .closed: return false
        }
    }

    private func updateInterest() {
        guard let watch else { return }
        server.heldBytes += pending.count + output.bytes.count - held
        held = pending.count + output.bytes.count
        if server.heldBytes > Limits.heldBytesPerLoop, held > Limits.heldBytes { return close() }
        var wanted: Interest = wantsInput ? .read : []
        if !output.isEmpty { wanted.insert(.write) }
        if wanted != interest {
            interest = wanted
            server.loop.update(watch, to: wanted)
        }
    }

    func consumePending() {
        guard !isConsuming, !continuesLater, !pending.isEmpty else { return }
        let bytes = pending
        pending = []
        let consumed = consume(bytes.span)
        if case .closed = phase { return }
        if consumed == 0 {
            pending = bytes
        } else if consumed < bytes.count {
            pending = Array(bytes[consumed...])
        }
        if case .head = phase, peerHasFinished, !continuesLater { peerFinished() }
        updateInterest()
    }

    /// Goes through the bytes as far as it can and returns how many it has done with.
    private func consume(_ bytes: Span<UInt8>) -> Int {
        isConsuming = true
        defer { isConsuming = false }
        var position = 0
        var served = 0
        while position < bytes.count {
            switch phase {
            case .head where closesAfterOutput:
                // Nothing behind a request that ends the connection is read as a request.
                flush()
                return bytes.count
            case .head:
                guard output.isEmpty || output.bytes.count < Limits.pipelinedBytes else {
                    flush()
                    if !output.isEmpty { return position }
                    continue
                }
                if served == Limits.requestsPerTurn {
                    flush()
                    continuesLater = true
                    server.loop.execute(LaterConsumption(of: self).run)
                    return position
                }
                served += 1
                guard readHead(bytes, &position) else {
                    flush()
                    return position
                }
            case .body(let request):
                readBody(of: request, bytes, &position)
            case .streaming(let request):
                let before = position
                readStream(of: request, bytes, &position)
                if position == before {
                    flush()
                    return position
                }
            case .handling:
                flush()
                return position
            case .lingering:
                lingered += bytes.count - position
                if lingered > Limits.lingerBytes { close() }
                return bytes.count
            case .closed:
                return bytes.count
            }
        }
        flush()
        return position
    }

    /// Reads one head; false when more bytes are needed.
    private func readHead(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        if !hasBegunRequest {
            hasBegunRequest = true
            setDeadline(server.deadlines.header)
        }
        switch parser.parse(bytes.extracting(position..<bytes.count)) {
        case .incomplete:
            return false
        case .invalid(let status):
            position = bytes.count
            refuse(status)
        case .complete(let request, let consumed):
            position += consumed
            parser = RequestParser()
            begin(request)
        }
        return true
    }

    private func begin(_ request: Request) {
        exchange += 1
        let plan = server.application.bodyPlan(for: request)
        let maximum: Int
        switch plan {
        case .buffered(let bytes), .streamed(let bytes): maximum = bytes
        }
        switch request.framing.body {
        case .none, .fixed(0):
            if case .streamed = plan {
                request.stream = BodyStream(wantsMore: {})
                request.stream?.finish()
            }
            return handle(request)
        case .fixed(let length):
            guard length <= maximum else { return refuse(413, unread: request) }
            body = .fixed(left: length)
        case .chunked:
            body = .chunked(ChunkedBody(maximumBytes: maximum))
        }
        if request.framing.expectsContinue {
            output.bytes.append(contentsOf: ResponseWriter.continueBytes)
            if !isConsuming { flush() }
        }
        setDeadline(server.deadlines.body)
        switch plan {
        case .buffered:
            phase = .body(request)
        case .streamed:
            let stream = BodyStream { [weak self] in self?.streamWantsMore() }
            request.stream = stream
            phase = .streaming(request)
            run(request)
        }
    }

    // MARK: Bodies

    private func readBody(of request: Request, _ bytes: Span<UInt8>, _ position: inout Int) {
        let before = request.body.count
        let progress = body.read(bytes, from: &position, into: &request.body)
        server.bufferedBytes += request.body.count - before
        if server.bufferedBytes > Limits.bufferedBodyBytesPerLoop { return refuse(503) }
        switch progress {
        case .needsMore: break
        case .finished:
            server.bufferedBytes -= request.body.count
            body = .none
            handle(request)
        case .invalid(let status):
            position = bytes.count
            refuse(status)
        }
    }

    private func readStream(of request: Request, _ bytes: Span<UInt8>, _ position: inout Int) {
        guard let stream = request.stream, stream.room > 0 else { return }
        var content: [UInt8] = []
        let progress = body.read(bytes, from: &position, into: &content, bound: stream.room)
        switch progress {
        case .needsMore:
            stream.append(content)
            // With a full window it is the reader that must go on, not the client.
            setDeadline(stream.room > 0 ? server.deadlines.body : server.deadlines.request)
        case .finished:
            body = .none
            phase = .handling(request)
            setDeadline(server.deadlines.request)
            stream.append(content)
            stream.finish()
        case .invalid(let status):
            position = bytes.count
            stream.fail(.invalid(status: status))
            refuse(status)
        }
    }

    private func streamWantsMore() {
        if case .streaming = phase { setDeadline(server.deadlines.body) }
        if !isConsuming { consumePending() }
        updateInterest()
    }

    private func releaseBody() {
        if case .body(let request) = phase { server.bufferedBytes -= request.body.count }
        body = .none
    }

    // MARK: Answering

    private func handle(_ request: Request) {
        phase = .handling(request)
        setDeadline(server.deadlines.request)
        run(request)
    }

    private func run(_ request: Request) {
        let exchange = exchange
        let application = server.application
        // Weak: a handler that never comes back must not keep a descriptor open.
        server.loop.start { [weak self] in
            let response = await application.respond(to: request)
            self?.finish(response, to: request, exchange: exchange)
        }
    }

    private func finish(_ response: Response, to request: Request, exchange: Int) {
        guard exchange == self.exchange else { return }
        switch phase {
        case .handling: break
        case .streaming:
            closesAfterOutput = true
            request.stream?.fail(.incomplete)
        case .head, .body, .lingering, .closed: return
        }
        write(response, isHead: request.method == .head, keepsAlive: request.framing.keepsAlive)
        hasBegunRequest = false
        body = .none
        phase = .head
        setDeadline(server.deadlines.idle)
        if isConsuming { return }
        flush()
        if case .head = phase {
            // Each request of a pipeline is a new turn of this, not a deeper call.
            consumePending()
            if case .head = phase, peerHasFinished, pending.isEmpty { peerFinished() }
        }
    }

    /// Answers with a status, without a handler, and ends the connection.
    private func refuse(_ status: Int, unread: Request? = nil) {
        server.statistics.refused += 1
        var request = unread
        var isUnderWay = false
        switch phase {
        case .body(let current): request = current
        case .handling(let current), .streaming(let current):
            request = current
            isUnderWay = true
        case .head, .lingering, .closed: break
        }
        releaseBody()
        exchange += 1
        let refusal = server.application.refusal(
            status: status, of: request, isUnderWay: isUnderWay)
        let method = request?.method ?? parser.method
        write(refusal, isHead: method == .head, keepsAlive: false)
        phase = .head
        flush()
    }

    private func write(_ response: Response, isHead: Bool, keepsAlive: Bool) {
        let closes =
            closesAfterOutput || !keepsAlive || response.closesConnection || server.isStopping
        closesAfterOutput = closes
        if output.bytes.capacity == 0 { output.bytes = server.takeOutputRoom() }
        output.bytes.reserveCapacity(
            output.bytes.count + response.fieldBytes.count + response.body.count + 160)
        ResponseWriter.append(
            response, to: &output.bytes, date: server.dateLine(), isHead: isHead, closes: closes)
    }

    /// Gives the socket what it takes; when all is out and the connection is to end, it lingers.
    private func flush() {
        switch output.send(to: descriptor.number) {
        case .done: server.giveBack(outputRoom: output.takeRoom())
        case .broken: return close()
        case .blocked:
            beginWriteDeadline()
            return updateInterest()
        }
        if writeDeadline != nil {
            writeDeadline = nil
            if case .head = phase, !hasBegunRequest { setDeadline(server.deadlines.idle) }
        }
        if closesAfterOutput, case .head = phase { linger() }
        updateInterest()
    }

    /// Runs from the first byte that the socket does not take; a slow reader does not renew it.
    private func beginWriteDeadline() {
        guard writeDeadline == nil else { return }
        let instant = server.loop.now.advanced(byMilliseconds: server.deadlines.write)
        writeDeadline = instant
        schedule(instant)
    }

    /// Says that no more will come, and reads on for a while: closing with unread bytes would
    /// reset the connection and could take the answer with it (RFC 9112 section 9.6).
    private func linger() {
        phase = .lingering
        pending = []
        if peerHasFinished { return close() }
        shutdown(descriptor.number, Int32(SHUT_WR))
        setDeadline(Limits.lingerMilliseconds)
    }
}
