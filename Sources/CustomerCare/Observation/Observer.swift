internal import Electricity
internal import HTTP
internal import Logging
internal import Metrics
internal import Postgres
internal import Reactor

/// Sees what happens on one loop and tells the log and the metrics.
///
/// Confined to its loop. A request costs three atomic additions and, at level info, one line that
/// is built in a buffer kept for it.
final class Observer {
    private let loop: EventLoop
    private let loopText: String
    private let log: Log
    private let logger: Logger
    private let registry: PrometheusRegistry
    private let hash: (String) -> String
    private let gauges: LoopGauges
    private var operations: [String: OperationSeries] = [:]
    private var line = LogLine()
    private let writesAnswers: Bool
    private var longestTurnNanoseconds: UInt64 = 0

    /// Observes `loop`; `hash` gives the keyed hash of a customer code, in hexadecimal digits.
    init(
        loop: EventLoop, log: Log, metrics: ServiceMetrics, hash: @escaping (String) -> String
    ) {
        self.loop = loop
        self.log = log
        self.hash = hash
        loopText = "\(loop.index)"
        registry = metrics.registry
        gauges = LoopGauges(metrics.registry, loop: loop.index)
        writesAnswers = log.writes(.info)
        var logger = log.logger(label: "customer-care")
        logger[metadataKey: LogField.loop.rawValue] = "\(loop.index)"
        self.logger = logger
    }

    /// Counts an answered request and, at level info, writes its line.
    ///
    /// - `operation`: the operationId, or "-" when none was found; never a path.
    /// - `nanoseconds`: from the complete request to its answer.
    /// - `customerCode`: written as the first 12 digits of its keyed hash.
    /// - `bytes`: of the answer's content.
    func requestAnswered(
        operation: String, method: String, status: Int, nanoseconds: UInt64, requestId: String,
        traceId: String? = nil, clientName: String? = nil, customerCode: CustomerCode? = nil,
        bytes: Int
    ) {
        let series = operations[operation] ?? remember(operation)
        series.counter(of: status, in: registry).increment(by: 1)
        series.duration.recordNanoseconds(Int64(clamping: nanoseconds))
        longestTurnNanoseconds = max(longestTurnNanoseconds, loop.lastTurnNanoseconds)
        guard writesAnswers else { return }
        line.begin(at: log.now, level: .info, event: "requestAnswered")
        line.add("loop", loop.index)
        line.add("operation", operation)
        line.add("method", method)
        line.add("status", status)
        line.add("microseconds", Int(clamping: nanoseconds / 1_000))
        line.add("bytes", bytes)
        line.add("requestId", requestId)
        if let traceId { line.add("traceId", traceId) }
        if let clientName { line.add("client", clientName) }
        if let customerCode {
            line.add("customer", String(hash(customerCode.text).prefix(12)))
        }
        log.write(&line)
    }

    /// Writes a line about anything else.
    func observe(_ observation: Observation) {
        let level = observation.level
        guard log.writes(level) else { return }
        var metadata = Logger.Metadata()
        for (field, value) in observation.fields { metadata[field.rawValue] = "\(value)" }
        logger.log(level: level, "\(observation.name)", metadata: metadata)
    }

    /// Whom a job tells how a run of it ended: its series are there before the first one ends.
    func follow(_ job: JobName) -> (Bool) -> Void {
        let labels = [("job", job.rawValue)]
        let lastSuccess = registry.meter(.jobLastSuccess, labels)
        let failures = registry.counter(.jobFailures, labels)
        return { [log] isWell in
            if isWell {
                lastSuccess.set(log.now.secondsSince1970)
            } else {
                failures.increment()
            }
        }
    }

    /// Brings the loop's series up to date.
    ///
    /// `lagNanoseconds`: how late the loop's own timer fired at worst since the last report.
    func report(
        server: Server.Statistics, database: DatabaseStatistics, lagNanoseconds: UInt64
    ) {
        let worst = max(lagNanoseconds, longestTurnNanoseconds, loop.lastTurnNanoseconds)
        longestTurnNanoseconds = 0
        gauges.set(server: server, database: database, lagNanoseconds: worst)
    }

    private func remember(_ operation: String) -> OperationSeries {
        let series = OperationSeries(operation, in: registry)
        operations[operation] = series
        return series
    }
}

/// The series of one operation, looked up once for each status.
private final class OperationSeries {
    let duration: Metrics.Timer
    private let operation: String
    private var counters: [(status: Int, counter: Counter)] = []

    init(_ operation: String, in registry: PrometheusRegistry) {
        self.operation = operation
        duration = registry.timer(.requestDuration, [("operation", operation)])
    }

    func counter(of status: Int, in registry: PrometheusRegistry) -> Counter {
        for known in counters where known.status == status { return known.counter }
        let counter = registry.counter(
            .requests, [("operation", operation), ("status", "\(status)")])
        counters.append((status, counter))
        return counter
    }
}

/// The series of one loop.
private struct LoopGauges {
    private let openConnections: Meter
    private let accepted: GrowingCount
    private let acceptPauses: GrowingCount
    private let refused: GrowingCount
    private let lag: Meter
    private let readLinks: Meter
    private let writeLinks: Meter
    private let writeLinksLent: Meter
    private let inFlight: Meter
    private let waiting: Meter
    private let reconnects: GrowingCount
    private let turnedAway: GrowingCount
    private let shared: GrowingCount
    private let redone: GrowingCount

    init(_ registry: PrometheusRegistry, loop: Int) {
        let labels = [("loop", "\(loop)")]
        func links(_ state: String) -> Meter {
            registry.meter(.databaseLinks, labels + [("state", state)])
        }
        openConnections = registry.meter(.openConnections, labels)
        accepted = GrowingCount(registry, .connectionsAccepted, labels)
        acceptPauses = GrowingCount(registry, .acceptPauses, labels)
        refused = GrowingCount(registry, .messagesRefused, labels)
        lag = registry.meter(.loopLag, labels)
        readLinks = links("read_up")
        writeLinks = links("write_up")
        writeLinksLent = links("write_lent")
        inFlight = registry.meter(.databaseInFlight, labels)
        waiting = registry.meter(.databaseWaiting, labels)
        reconnects = GrowingCount(registry, .databaseReconnects, labels)
        turnedAway = GrowingCount(registry, .databaseTurnedAway, labels)
        shared = GrowingCount(registry, .databaseShared, labels)
        redone = GrowingCount(registry, .databaseRedone, labels)
    }

    func set(server: Server.Statistics, database: DatabaseStatistics, lagNanoseconds: UInt64) {
        openConnections.set(server.open)
        accepted.reached(server.accepted)
        acceptPauses.reached(server.acceptPauses)
        refused.reached(server.refused)
        lag.set(Double(lagNanoseconds) / 1_000_000_000)
        readLinks.set(database.readLinksUp)
        writeLinks.set(database.writeLinksUp)
        writeLinksLent.set(database.writeLinksLent)
        inFlight.set(database.inFlight)
        waiting.set(database.waiting)
        reconnects.reached(database.lost)
        turnedAway.reached(database.turnedAway)
        shared.reached(database.shared)
        redone.reached(database.redone)
    }
}
