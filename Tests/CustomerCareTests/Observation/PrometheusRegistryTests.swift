import Metrics
import Testing

@testable import CustomerCare

@Suite("Metrics")
struct PrometheusRegistryTests {
    private static func text(_ registry: PrometheusRegistry) -> String {
        String(decoding: registry.exposition(), as: UTF8.self)
    }

    @Test("counters, gauges and histograms are written as Prometheus reads them")
    func exposition() {
        let registry = PrometheusRegistry(descriptions: [
            "requests_total": "Requests.\nAll \\ of them."
        ])
        let counter = registry.makeCounter(label: "requests", dimensions: [("status", "200")])
        counter.increment(by: 2)
        counter.increment(by: -5)
        registry.makeCounter(label: "requests_total", dimensions: [("status", "200")])
            .increment(by: 1)
        registry.makeCounter(label: "requests", dimensions: [("status", "404")]).increment(by: 1)
        registry.makeMeter(label: "links", dimensions: []).set(Int64(3))
        registry.makeRecorder(label: "share", dimensions: [], aggregate: false).record(0.25)
        let timer = registry.makeTimer(label: "seconds", dimensions: [("a", "b")])
        timer.recordNanoseconds(500_000)
        timer.recordNanoseconds(500_001)
        timer.recordNanoseconds(20_000_000_000)
        timer.recordNanoseconds(-1)
        let text = Self.text(registry)
        #expect(
            text.hasPrefix(
                """
                # TYPE links gauge
                links 3
                # HELP requests_total Requests.\\nAll \\\\ of them.
                # TYPE requests_total counter
                requests_total{status="200"} 3
                requests_total{status="404"} 1
                # TYPE seconds histogram
                seconds_bucket{a="b",le="0.0005"} 2
                seconds_bucket{a="b",le="0.001"} 3

                """))
        #expect(text.contains("seconds_bucket{a=\"b\",le=\"10.0\"} 3\n"))
        #expect(text.contains("seconds_bucket{a=\"b\",le=\"+Inf\"} 4\n"))
        #expect(text.contains("seconds_sum{a=\"b\"} 20.001000001\n"))
        #expect(text.contains("seconds_count{a=\"b\"} 4\n"))
        #expect(text.hasSuffix("# TYPE share gauge\nshare 0.25\n"))
        #expect(registry.refusedCount == 0)
    }

    @Test("no label ends its line, and no name is one that Prometheus refuses")
    func escaping() {
        let registry = PrometheusRegistry()
        registry.makeMeter(label: "9a-b.c", dimensions: [("d e", "1\"} 2\nx{\\")]).set(Int64(1))
        #expect(
            Self.text(registry)
                == "# TYPE _a_b_c gauge\n_a_b_c{d_e=\"1\\\"} 2\\nx{\\\\\"} 1\n")
    }

    @Test("the number of series is bounded, and every refusal is counted")
    func bounded() {
        let registry = PrometheusRegistry(maximumSeries: 2)
        for number in 0..<5 {
            registry.makeCounter(label: "a", dimensions: [("n", "\(number)")]).increment(by: 1)
        }
        #expect(registry.refusedCount == 3)
        registry.makeCounter(label: "a", dimensions: [("n", "0")]).increment(by: 1)
        #expect(registry.refusedCount == 3)
        #expect(
            Self.text(registry) == "# TYPE a_total counter\n"
                + "a_total{n=\"0\"} 2\na_total{n=\"1\"} 1\n")
    }

    @Test("a name keeps its kind, and counters of fractions are refused")
    func kinds() {
        let registry = PrometheusRegistry()
        registry.makeMeter(label: "a", dimensions: []).set(Int64(1))
        registry.makeTimer(label: "a", dimensions: []).recordNanoseconds(1)
        registry.makeTimer(label: "a", dimensions: [("b", "c")]).recordNanoseconds(1)
        registry.makeFloatingPointCounter(label: "f", dimensions: []).increment(by: 0.5)
        #expect(registry.refusedCount == 3)
        #expect(Self.text(registry) == "# TYPE a gauge\na 1\n")
    }

    @Test("numbers that are none are written as Prometheus names them")
    func numbers() {
        let registry = PrometheusRegistry()
        for (name, value) in [("a", Double.nan), ("b", .infinity), ("c", -.infinity), ("d", 1e20)] {
            registry.makeMeter(label: name, dimensions: []).set(value)
        }
        let lines = Self.text(registry).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == ["a NaN", "b +Inf", "c -Inf", "d 1e+20"])
    }
}
