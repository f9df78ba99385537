import Reactor

/// One place for a link in pipeline mode: sends, reads answers in order, and gets another link
/// when it has lost one.
///
/// Commands sent in one turn of the loop share a sync, sent at the turn's end.
final class Session: ReadinessHandler, TimerHandler, TurnEndHandler {
    /// What the owner of a session is told.
    enum Change {
        case isUp, isDown, hasRoom
    }

    /// What libpq's queue of commands looks like from here.
    private enum Expected {
        case answer(Request)
        case sync(deadline: MonotonicInstant)

        var deadline: MonotonicInstant {
            switch self {
            case .answer(let request): request.deadline
            case .sync(let deadline): deadline
            }
        }
    }

    let loop: EventLoop
    let configuration: DatabaseConfiguration
    /// Told of each change, on the loop.
    var changed: ((Session, Change) -> Void)?
    /// Whether a transaction has borrowed it.
    var isLent = false

    private let observe: (DatabaseEvent) -> Void
    private let reconnector: Reconnector
    private var link: Link?
    private var watch: Watch?
    private var watchesWrite = false
    private var wakesAt: MonotonicInstant?
    /// When the server last answered anything.
    private var lastAnswer: MonotonicInstant

    private var expected = Queue<Expected>()
    private var held: [Request] = []
    private var unsynced = 0
    private var awaitsTurnEnd = false
    private var groupFailure: ServerError?
    private var emptyResults = 0

    private var buffer = ParameterBuffer()
    private var encoded = EncodedParameters()
    private(set) var inFlight = 0
    /// Grows with each link, so that what belonged to a former one is recognised.
    private(set) var generation = 0
    private var prepared: [UInt: PreparedStatement] = [:]
    private var preparing: [UInt: [Promise<Request.Reply?>]] = [:]
    private var preparedCount = 0

    init(
        target: ConnectionTarget, configuration: DatabaseConfiguration, loop: EventLoop,
        random: @escaping () -> UInt64, observe: @escaping (DatabaseEvent) -> Void
    ) {
        self.configuration = configuration
        self.loop = loop
        self.observe = observe
        lastAnswer = loop.now
        reconnector = Reconnector(
            target: target, configuration: configuration, loop: loop, random: random,
            observe: observe)
    }

    var isUp: Bool { link != nil }

    /// Within which time a command sent now must be answered.
    var deadline: MonotonicInstant {
        loop.now.advanced(
            byMilliseconds: configuration.statementMilliseconds + configuration.marginMilliseconds)
    }

    // MARK: Connecting

    func start() {
        reconnector.connected = { [weak self] link in self?.begin(link) }
        reconnector.start()
    }

    /// Closes the link for good; what is in flight counts as lost.
    func stop() {
        reconnector.stop()
        drop()
    }

    private func begin(_ link: Link) {
        do {
            watch = try loop.watch(link.socket, for: .read, handler: self)
        } catch {
            return reconnector.connectionWasLost()
        }
        link.receiveNotice = { [weak self] severity, sqlState, message in
            self?.take(severity: severity, sqlState: sqlState, message: message)
        }
        watchesWrite = false
        generation += 1
        self.link = link
        changed?(self, .isUp)
    }

    /// Gives up the link and connects anew.
    func lose(_ reason: String) {
        guard isUp else { return }
        observe(.lost(reason: reason))
        drop()
        reconnector.connectionWasLost()
    }

    private func drop() {
        if let watch { loop.unwatch(watch) }
        watch = nil
        let wasUp = isUp
        link = nil
        prepared.removeAll()
        preparedCount = 0
        unsynced = 0
        inFlight = 0
        groupFailure = nil
        emptyResults = 0
        let now = MonotonicInstant.now
        var unanswered = held
        held.removeAll()
        while let entry = expected.popFirst() {
            if case .answer(let request) = entry { unanswered.append(request) }
        }
        for request in unanswered {
            switch request.answer {
            // What the server has refused stays refused, with or without the end of the group.
            case .failed?, .aborted?: request.answer.map(request.reply.keep)
            default: request.reply.keep(request.deadline <= now ? .timedOut : .lost)
            }
        }
        if wasUp { changed?(self, .isDown) }
    }

    // MARK: Preparing

    func preparedStatement(_ text: StatementText) -> PreparedStatement? {
        prepared[text.key]
    }

    /// Forgets a statement that the server no longer knows.
    func forget(_ text: StatementText) {
        prepared[text.key] = nil
    }

    /// Prepares a statement and learns its types; nil when that went well.
    ///
    /// Callers of the same statement share one preparation.
    func prepare(_ text: StatementText, alone: Bool) async -> Request.Reply? {
        let key = text.key
        if prepared[key] != nil { return nil }
        if preparing[key] != nil {
            let shared = Promise<Request.Reply?>()
            preparing[key]?.append(shared)
            return await shared.value()
        }
        preparing[key] = []
        let failure = await prepareFirst(text, alone: alone)
        for shared in preparing.removeValue(forKey: key) ?? [] { shared.keep(failure) }
        return failure
    }

    private func prepareFirst(_ text: StatementText, alone: Bool) async -> Request.Reply? {
        let generation = self.generation
        preparedCount += 1
        let name = PreparedName("\(text.name).\(preparedCount)")
        if alone { sync() }
        let prepare = send { $0.sendPrepare(text.sql, as: name) }
        let describe = send { $0.sendDescribe(name) }
        if alone { sync() }
        let prepareReply = await prepare.reply.value()
        guard case .result = prepareReply else { return prepareReply }
        let describeReply = await describe.reply.value()
        guard case .result(let result) = describeReply else { return describeReply }
        guard generation == self.generation, isUp else { return .lost }
        prepared[text.key] = PreparedStatement(name: name, parameterTypes: result.parameterTypes)
        return nil
    }

    // MARK: Sending

    /// Sends a prepared statement; `alone` gives it a sync of its own.
    func send(
        _ statement: PreparedStatement, _ parameters: [Parameter], alone: Bool = false,
        waitsForSync: Bool = false
    ) -> Request {
        if alone { sync() }
        do {
            try buffer.encode(parameters, as: statement.parameterTypes)
        } catch {
            let request = Request(deadline: deadline, waitsForSync: false)
            request.answer = .unfit(error)
            request.reply.keep(.unfit(error))
            return request
        }
        let request = send(waitsForSync: waitsForSync) { link in
            encoded.withParameters(in: buffer) { link.sendQuery(statement.name, $0) }
        }
        if alone { sync() }
        return request
    }

    /// Sends a statement without parameters that is not worth preparing.
    func send(unprepared sql: StaticString, waitsForSync: Bool = false) -> Request {
        send(waitsForSync: waitsForSync) { $0.sendUnprepared(sql) }
    }

    private func send(waitsForSync: Bool = false, _ call: (Link) -> Bool) -> Request {
        let request = Request(deadline: deadline, waitsForSync: waitsForSync)
        guard let link else {
            request.reply.keep(.lost)
            return request
        }
        guard call(link) else {
            request.reply.keep(.lost)
            lose(link.lastMessage)
            return request
        }
        expected.append(.answer(request))
        inFlight += 1
        unsynced += 1
        if wakesAt == nil { wake(at: request.deadline) }
        if !awaitsTurnEnd {
            awaitsTurnEnd = true
            loop.atEndOfTurn(self)
        }
        return request
    }

    func turnEnds() {
        awaitsTurnEnd = false
        sync()
    }

    /// Ends the group of what has been sent since the last sync.
    private func sync() {
        guard unsynced > 0, let link else { return }
        unsynced = 0
        guard link.sendSync() else { return lose(link.lastMessage) }
        expected.append(.sync(deadline: deadline))
        flush(link)
    }

    private func flush(_ link: Link) {
        switch link.flush() {
        case .sent: watchWrite(false)
        case .pending: watchWrite(true)
        case .failed: lose(link.lastMessage)
        }
    }

    private func watchWrite(_ wanted: Bool) {
        guard wanted != watchesWrite, let watch else { return }
        watchesWrite = wanted
        loop.update(watch, to: wanted ? [.read, .write] : .read)
    }

    // MARK: Receiving

    func descriptorIsReady(_ readiness: Interest) {
        guard let link else { return }
        if readiness.contains(.write) { flush(link) }
        guard readiness.rawValue & ~Interest.write.rawValue != 0, isUp else { return }
        let isAlive = link.consumeInput()
        readResults(link)
        guard isUp else { return }
        if !isAlive { return lose(link.lastMessage) }
        changed?(self, .hasRoom)
    }

    private func readResults(_ link: Link) {
        while let next = expected.first, isUp, !link.isBusy {
            guard let result = link.nextResult() else {
                finishCommand(next)
                continue
            }
            emptyResults = 0
            take(result, for: next)
        }
    }

    /// A command's results have ended.
    private func finishCommand(_ next: Expected) {
        guard case .answer(let request) = next else {
            // An error at an implicit commit is followed by nothing before the sync: once.
            emptyResults += 1
            if emptyResults > 2 { lose("the server's answers are out of step") }
            return
        }
        guard let answer = request.answer else {
            return lose("the server has left a command without an answer")
        }
        _ = expected.popFirst()
        inFlight -= 1
        if request.waitsForSync {
            held.append(request)
        } else {
            request.reply.keep(answer)
        }
    }

    private func take(_ result: QueryResult, for next: Expected) {
        lastAnswer = loop.now
        switch (result.status, next) {
        case (.synced, .sync):
            _ = expected.popFirst()
            finishGroup()
        case (.rows, .answer(let request)), (.command, .answer(let request)):
            request.answer = .result(result)
        case (.aborted, .answer(let request)):
            request.answer = .aborted(
                groupFailure ?? ServerError(sqlState: "25P02", message: "", constraint: ""))
        case (.failed, _): fail(result.error, next)
        default: lose("the server's answers are out of step")
        }
    }

    private func fail(_ error: ServerError, _ next: Expected) {
        if error.endsConnection { return lose("the server ends the connection \(error.sqlState)") }
        if groupFailure == nil { groupFailure = error }
        if case .answer(let request) = next {
            request.answer = .failed(error)
            // The next link may find the server that now takes writes.
            if error.sqlState == "25006" { request.reply.keep(.failed(error)) }
        }
        if error.sqlState == "25006" { lose("the server is read-only") }
    }

    private func finishGroup() {
        for request in held {
            if case .result = request.answer, let groupFailure {
                // The error came at the commit itself: nothing of the group remains.
                request.reply.keep(.failed(groupFailure))
            } else if request.isWarned {
                request.reply.keep(.unconfirmed)
            } else if let answer = request.answer {
                request.reply.keep(answer)
            }
        }
        held.removeAll(keepingCapacity: true)
        groupFailure = nil
    }

    private func take(severity: String, sqlState: String, message: String) {
        observe(.notice(severity: severity, sqlState: sqlState, message: message))
        // "canceling wait for synchronous replication" (src/backend/replication/syncrep.c) comes
        // as a warning of class 01 or 57P01; its text depends on the server's language.
        guard severity == "WARNING", sqlState == "01000" || sqlState == "57P01" else { return }
        for request in held { request.isWarned = true }
        if case .answer(let request)? = expected.first { request.isWarned = true }
    }

    // MARK: Deadlines

    private func wake(at instant: MonotonicInstant) {
        wakesAt = instant
        loop.schedule(self, at: instant)
    }

    func timerFired() {
        guard let due = wakesAt, loop.now >= due else { return }
        wakesAt = nil
        checkDeadline()
    }

    private func checkDeadline() {
        guard let oldest = held.first?.deadline ?? expected.first?.deadline else { return }
        if oldest > loop.now { return wake(at: oldest) }
        let silentUntil = lastAnswer.advanced(
            byMilliseconds: configuration.statementMilliseconds + configuration.marginMilliseconds)
        // On a lent link there is one caller at a time: what it waits for is late in any case.
        if isLent || silentUntil <= loop.now { return lose("no answer within the deadline") }
        // The server answers, only slowly. Giving up the link would send all it has still to
        // answer to the next one, and that one under as well: only the late callers go.
        var next = silentUntil
        expected.forEach { entry in
            guard case .answer(let request) = entry else { return }
            if request.deadline <= loop.now {
                request.reply.keep(.timedOut)
            } else {
                next = min(next, request.deadline)
            }
        }
        wake(at: next)
    }
}
