internal import Metrics
internal import Synchronization

extension PrometheusRegistry {
    /// The counter of that name and these labels.
    func counter(_ name: SeriesName, _ labels: [(String, String)] = []) -> Counter {
        Counter(label: name.rawValue, dimensions: labels, factory: self)
    }

    /// The gauge of that name and these labels.
    func meter(_ name: SeriesName, _ labels: [(String, String)] = []) -> Meter {
        Meter(label: name.rawValue, dimensions: labels, factory: self)
    }

    /// The histogram of that name and these labels.
    func timer(_ name: SeriesName, _ labels: [(String, String)] = []) -> Metrics.Timer {
        Metrics.Timer(label: name.rawValue, dimensions: labels, factory: self)
    }
}

/// A counter that follows a count kept elsewhere, which only grows.
final class GrowingCount: Sendable {
    private let counter: Counter
    private let last = Atomic<Int>(0)

    init(
        _ registry: PrometheusRegistry, _ name: SeriesName, _ labels: [(String, String)] = []
    ) {
        counter = registry.counter(name, labels)
    }

    /// Adds what has come since the last call.
    func reached(_ count: Int) {
        let before = last.exchange(count, ordering: .relaxed)
        if count > before { counter.increment(by: count - before) }
    }
}
