internal import Metrics
internal import Synchronization

/// A number that only grows.
final class PrometheusCounter: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) {
        if amount > 0 { count.wrappingAdd(amount, ordering: .relaxed) }
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }
}

/// A number that is what it was last set to.
final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func record(_ value: Int64) { set(Double(value)) }

    func record(_ value: Double) { set(value) }

    func increment(by amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let changed = (Double(bitPattern: current) + amount).bitPattern
            let (isExchanged, original) = bits.weakCompareExchange(
                expected: current, desired: changed, ordering: .relaxed)
            if isExchanged { return }
            current = original
        }
    }

    func decrement(by amount: Double) { increment(by: -amount) }
}

/// How many durations fell below each of a fixed list of bounds.
final class PrometheusHistogram: Metrics.TimerHandler {
    /// The bounds in seconds and as the exposition writes them.
    static let bounds: [(nanoseconds: Int64, text: String)] = [
        (500_000, "0.0005"), (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"),
        (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
        (100_000_000, "0.1"), (250_000_000, "0.25"), (500_000_000, "0.5"),
        (1_000_000_000, "1.0"), (2_500_000_000, "2.5"), (5_000_000_000, "5.0"),
        (10_000_000_000, "10.0"),
    ]

    /// One for each bound, and the last for what is beyond them all; each counts its own only.
    private let buckets = InlineArray<15, Atomic<UInt64>> { _ in Atomic(0) }
    private let nanoseconds = Atomic<UInt64>(0)

    /// The durations at or below each bound, and the count of all at the end.
    var cumulativeCounts: [UInt64] {
        var sum: UInt64 = 0
        return buckets.indices.map { index in
            sum &+= buckets[index].load(ordering: .relaxed)
            return sum
        }
    }

    /// The sum of all durations in seconds.
    var sum: Double { Double(nanoseconds.load(ordering: .relaxed)) / 1_000_000_000 }

    func recordNanoseconds(_ duration: Int64) {
        let duration = max(0, duration)
        var index = 0
        while index < Self.bounds.count, duration > Self.bounds[index].nanoseconds { index += 1 }
        buckets[index].wrappingAdd(1, ordering: .relaxed)
        nanoseconds.wrappingAdd(UInt64(duration), ordering: .relaxed)
    }
}
