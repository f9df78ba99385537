internal import Electricity
internal import Metrics
internal import Reactor
internal import Synchronization

/// The names of all series, in the order in which README tells of them.
enum SeriesName: String, CaseIterable {
    case requests = "customer_care_http_requests_total"
    case requestDuration = "customer_care_http_request_duration_seconds"
    case openConnections = "customer_care_open_connections"
    case connectionsAccepted = "customer_care_connections_accepted_total"
    case acceptPauses = "customer_care_accept_pauses_total"
    case messagesRefused = "customer_care_messages_refused_total"
    case loopLag = "customer_care_loop_lag_seconds"
    case databaseLinks = "customer_care_database_links"
    case databaseInFlight = "customer_care_database_in_flight"
    case databaseWaiting = "customer_care_database_waiting"
    case databaseReconnects = "customer_care_database_reconnects_total"
    case databaseTurnedAway = "customer_care_database_turned_away_total"
    case databaseShared = "customer_care_database_shared_commits_total"
    case databaseRedone = "customer_care_database_redone_writes_total"
    case jobLastSuccess = "customer_care_job_last_success_timestamp_seconds"
    case jobFailures = "customer_care_job_failures_total"
    case logLinesDropped = "customer_care_log_lines_dropped_total"
    case logFieldsDropped = "customer_care_log_fields_dropped_total"
    case seriesRefused = "customer_care_metric_series_refused_total"
    case residentMemory = "process_resident_memory_bytes"
    case processorTime = "process_cpu_seconds_total"
    case openDescriptors = "process_open_fds"
    case startTime = "process_start_time_seconds"
    case build = "customer_care_build_info"

    /// The help text of the series.
    var help: String {
        switch self {
        case .requests: "Requests answered."
        case .requestDuration: "Time from the complete request to its answer."
        case .openConnections: "Connections open now."
        case .connectionsAccepted: "Connections accepted."
        case .acceptPauses: "Times a listener rested because connections or descriptors ran out."
        case .messagesRefused: "Messages refused before an operation was found."
        case .loopLag: "The longest time of the last second that an event may have waited."
        case .databaseLinks: "Database links that are up, for reads and for writes."
        case .databaseInFlight: "Statements sent and not yet answered."
        case .databaseWaiting: "Callers waiting for a database link."
        case .databaseReconnects: "Database links lost, to be connected again."
        case .databaseTurnedAway: "Callers turned away for want of a database link."
        case .databaseShared: "Writes that shared the commit of another."
        case .databaseRedone: "Writes run again, since another in their transaction failed."
        case .jobLastSuccess: "When a job last ended as it should, since 1970; see that it moves."
        case .jobFailures: "Runs of a job that did not end as they should."
        case .logLinesDropped: "Log lines dropped because the queue or the disk was full."
        case .logFieldsDropped: "Fields of log lines dropped because they are not on the list."
        case .seriesRefused: "Metric series not kept because there are too many."
        case .residentMemory: "Memory in use."
        case .processorTime: "Processor time used, by user and system."
        case .openDescriptors: "Open file descriptors."
        case .startTime: "When the process started, since 1970."
        case .build: "The version that runs; always 1."
        }
    }
}

/// The series of the process as a whole, brought up to date whenever they are asked for.
package final class ServiceMetrics: Sendable {
    /// Where all series live.
    let registry: PrometheusRegistry
    private let log: Log
    private let linesDropped: GrowingCount
    private let fieldsDropped: GrowingCount
    private let seriesRefused: GrowingCount
    private let residentMemory: Meter
    private let processorTime: Meter
    private let openDescriptors: Meter

    /// Begins with the series of the process; `version` is the program's, for `build_info`.
    package init(log: Log, version: String) {
        let descriptions = SeriesName.allCases.map { ($0.rawValue, $0.help) }
        registry = PrometheusRegistry(
            descriptions: Dictionary(uniqueKeysWithValues: descriptions))
        self.log = log
        linesDropped = GrowingCount(registry, .logLinesDropped)
        fieldsDropped = GrowingCount(registry, .logFieldsDropped)
        seriesRefused = GrowingCount(registry, .seriesRefused)
        residentMemory = registry.meter(.residentMemory)
        // swift-metrics counts whole events only; this one grows in hundredths of a second.
        processorTime = registry.meter(.processorTime)
        openDescriptors = registry.meter(.openDescriptors)
        registry.meter(.startTime).set(log.now.secondsSince1970)
        registry.meter(.build, [("version", version)]).set(1)
    }

    /// Everything in Prometheus text format 0.0.4.
    package func exposition() -> [UInt8] {
        linesDropped.reached(log.droppedLineCount)
        fieldsDropped.reached(log.unknownFieldCount.load(ordering: .relaxed))
        seriesRefused.reached(registry.refusedCount)
        if let figures = ProcessFigures.read() {
            residentMemory.set(figures.residentBytes)
            processorTime.set(figures.processorSeconds)
        }
        if let count = ProcessFile.openDescriptorCount() { openDescriptors.set(count) }
        return registry.exposition()
    }
}
