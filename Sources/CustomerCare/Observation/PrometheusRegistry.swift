internal import Metrics
internal import Synchronization

/// The backend of swift-metrics: holds every series and writes them as Prometheus text 0.0.4.
///
/// Counters are counters, meters and recorders gauges, timers histograms in seconds. The number
/// of series is bounded; beyond it, and for a name used for two kinds, nothing is kept and the
/// refusal is counted.
final class PrometheusRegistry: MetricsFactory {
    /// One metric with one set of labels.
    private enum Series: Sendable {
        case counter(PrometheusCounter)
        case gauge(PrometheusGauge)
        case histogram(PrometheusHistogram)

        var kind: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// The series of one name, all of one kind.
    private struct Family {
        let kind: String
        /// By the text of the labels, which is empty or `a="b",c="d"`.
        var series: [String: Series] = [:]
    }

    /// What the lock guards: the families by name, and how many series they have.
    private struct State {
        var families: [String: Family] = [:]
        var count = 0
    }

    private let maximumSeries: Int
    private let descriptions: [String: String]
    private let state = Mutex(State())
    private let refused = Atomic<Int>(0)

    /// Keeps at most `maximumSeries` series; `descriptions` gives the help text of each name.
    init(maximumSeries: Int = 10_000, descriptions: [String: String] = [:]) {
        self.maximumSeries = maximumSeries
        self.descriptions = descriptions
    }

    /// Series that were asked for and are not kept.
    var refusedCount: Int { refused.load(ordering: .relaxed) }

    // MARK: Making

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let name = label.hasSuffix("_total") ? label : label + "_total"
        let series = series(name, dimensions) { .counter(PrometheusCounter()) }
        if case .counter(let counter) = series { return counter }
        return NOOPMetricsHandler.instance
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        // A fraction has no place in a counter of whole events.
        refused.add(1, ordering: .relaxed)
        return NOOPMetricsHandler.instance
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    func makeTimer(
        label: String, dimensions: [(String, String)]
    ) -> any Metrics.TimerHandler {
        let series = series(label, dimensions) { .histogram(PrometheusHistogram()) }
        if case .histogram(let histogram) = series { return histogram }
        return NOOPMetricsHandler.instance
    }

    // A series is never taken back: its name and labels are from a closed list, and a counter
    // that vanishes looks like a restart.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any Metrics.TimerHandler) {}

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge? {
        let series = series(label, dimensions) { .gauge(PrometheusGauge()) }
        if case .gauge(let gauge) = series { return gauge }
        return nil
    }

    private func series(
        _ label: String, _ dimensions: [(String, String)], make: () -> Series
    ) -> Series? {
        let name = Self.name(label)
        let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }
            .joined(separator: ",")
        let found: Series? = state.withLock { state in
            let made = make()
            let family = state.families[name] ?? Family(kind: made.kind)
            guard family.kind == made.kind else { return nil }
            if let found = family.series[labels] { return found }
            guard state.count < maximumSeries else { return nil }
            state.families[name, default: family].series[labels] = made
            state.count += 1
            return made
        }
        if found == nil { refused.add(1, ordering: .relaxed) }
        return found
    }

    // MARK: Writing

    /// All series, by name and labels, each name with HELP and TYPE.
    func exposition() -> [UInt8] {
        let families = state.withLock { $0.families }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let description = descriptions[name] {
                text += "# HELP \(name) \(Self.escapedHelp(description))\n"
            }
            text += "# TYPE \(name) \(family.kind)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                Self.write(series, name, labels, to: &text)
            }
        }
        return Array(text.utf8)
    }

    private static func write(
        _ series: Series, _ name: String, _ labels: String, to text: inout String
    ) {
        let set = labels.isEmpty ? "" : "{\(labels)}"
        switch series {
        case .counter(let counter): text += "\(name)\(set) \(counter.value)\n"
        case .gauge(let gauge): text += "\(name)\(set) \(number(gauge.value))\n"
        case .histogram(let histogram):
            let counts = histogram.cumulativeCounts
            let bounds = PrometheusHistogram.bounds.map(\.text) + ["+Inf"]
            let comma = labels.isEmpty ? "" : ","
            for (bound, count) in zip(bounds, counts) {
                text += "\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(count)\n"
            }
            text += "\(name)_sum\(set) \(number(histogram.sum))\n"
            text += "\(name)_count\(set) \(counts.last ?? 0)\n"
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// The name with every character that a name may not have replaced by an underscore.
    private static func name(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.unicodeScalars.append(scalar)
            case "0"..."9" where !name.isEmpty: name.unicodeScalars.append(scalar)
            default: name += "_"
            }
        }
        return name
    }

    private static func escaped(_ value: String) -> String {
        escapedHelp(value).split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\\\"")
    }

    private static func escapedHelp(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
