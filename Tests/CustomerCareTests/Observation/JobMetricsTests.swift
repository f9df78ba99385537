import Testing

@testable import CustomerCare

@Suite("Jobs in the metrics")
struct JobMetricsTests {
    @Test("each has its last success and its failures, from the beginning on")
    func series() async throws {
        let memory = try MemoryLog()
        let metrics = ServiceMetrics(log: memory.log, version: "1")
        try await TestLoop.run { loop in
            let observer = Observer(loop: loop, log: memory.log, metrics: metrics) { $0 }
            let imports = observer.follow(.imports)
            let messages = observer.follow(.messages)
            imports(true)
            imports(false)
            imports(false)
            messages(false)
        }
        let text = String(decoding: metrics.exposition(), as: UTF8.self)
        let series = "customer_care_job_last_success_timestamp_seconds"
        #expect(text.contains("\(series){job=\"messages\"} 0\n"))
        #expect(text.contains("\(series){job=\"imports\"} "))
        #expect(!text.contains("\(series){job=\"imports\"} 0\n"))
        #expect(text.contains("customer_care_job_failures_total{job=\"imports\"} 2\n"))
        #expect(text.contains("customer_care_job_failures_total{job=\"messages\"} 1\n"))
    }
}
