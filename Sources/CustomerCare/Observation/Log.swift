internal import Electricity
package import Logging
internal import Reactor
internal import Synchronization

/// Where the lines of the log go, what time they bear, and which of them are wanted.
package final class Log: Sendable {
    /// The least severe level that is written.
    package let level: Logger.Level
    /// Fields of `Logger` metadata that were dropped because they are not on the list.
    let unknownFieldCount = Atomic<Int>(0)

    private let clock: @Sendable () -> Instant
    private let writer: LineWriter

    /// Writes to `writer`; `clock` tells the wall clock's time.
    init(level: Logger.Level, writer: LineWriter, clock: @escaping @Sendable () -> Instant) {
        self.level = level
        self.writer = writer
        self.clock = clock
    }

    /// Lines that were dropped because the queue or the disk was full.
    var droppedLineCount: Int { writer.droppedCount }

    /// The time for a line.
    var now: Instant { clock() }

    /// Whether lines of that level are written.
    func writes(_ level: Logger.Level) -> Bool {
        level >= self.level
    }

    /// Ends the line and hands it over.
    func write(_ line: inout LogLine) {
        line.end()
        writer.write(line.bytes)
    }

    /// A `Logger` whose lines go here, for code that is not confined to a loop.
    package func logger(label: String) -> Logger {
        Logger(label: label) { _ in JSONLineHandler(log: self) }
    }
}

/// The fields a line of the log may have; metadata with any other key is dropped and counted.
///
/// What is not on the list cannot leak: no body, no path, no name, no code in the clear.
enum LogField: String, CaseIterable {
    case adminPort, build, bytes, check, client, column, constraint, count, customer, faults, host
    case keyId, loop, message, method, microseconds, milliseconds, migration, operation, port
    case reason, requestId, retired, severity, signal, sqlState, statement, status, traceId, version
}

/// Writes what comes through swift-log's `Logger` as one JSON object a line.
///
/// The message becomes the field `event`: give it as a fixed word or sentence and put what varies
/// into metadata.
struct JSONLineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let log: Log

    init(log: Log) {
        self.log = log
        logLevel = log.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() {
            fields.merge(provided) { _, later in later }
        }
        if let given = event.metadata { fields.merge(given) { _, later in later } }
        var line = LogLine()
        line.begin(at: log.now, level: event.level, event: event.message.description)
        for field in LogField.allCases {
            if let value = fields.removeValue(forKey: field.rawValue) {
                line.add(field.rawValue, value.description)
            }
        }
        if !fields.isEmpty { log.unknownFieldCount.add(fields.count, ordering: .relaxed) }
        log.write(&line)
    }
}
