import Testing

@Suite("Repository")
struct RepositoryTests {
    /// A rule about a file that has moved, and an exemption of one that is gone, hold nothing.
    @Test(
        "every file that a rule speaks of is there",
        arguments: [
            "Package.swift", "openapi.yaml", "Makefile", "scripts/run",
            "Sources/CAssets/migrations/CHECKSUMS", "Sources/CustomerCare/Assets.swift",
            "Sources/CustomerCare/Context.swift", "Sources/CustomerCare/Problem.swift",
            "Sources/CustomerCare/Routes.swift", "Sources/CustomerCare/Service.swift",
            "Sources/CustomerCare/World.swift",
            "Sources/CustomerCare/PersonalData/LetterForm.swift",
            "Sources/CustomerCare/PersonalData/PersonalText.swift",
            "Sources/Electricity/BillingMonth.swift", "Sources/Electricity/Instant.swift",
            "Sources/Electricity/LocalDate.swift", "Sources/HTTP/DateField.swift",
            "Sources/HTTP/Deadlines.swift", "Sources/HTTP/Limits.swift",
            "Sources/Reactor/EventLoop.swift",
        ])
    func files(_ path: String) {
        #expect(Repository.files.contains { $0.path == path })
    }

    @Test(
        "every module that a rule speaks of has Swift files",
        arguments: [
            "Reactor", "HTTP", "Postgres", "JSON", "Signing", "Electricity", "CustomerCare",
            "customer-care", "ElectricityTests", "StyleTests",
        ])
    func modules(_ name: String) {
        #expect(Repository.files.contains { $0.module == name && $0.isSwift })
    }

    @Test("the rules see endpoints, statements and tests")
    func contents() {
        let sources = Repository.files.filter { $0.isSwift && $0.isSource }
        #expect(!endpointFiles(sources).isEmpty)
        #expect(sources.contains { !offsets(of: "Statement", in: $0.code).isEmpty })
        #expect(Repository.files.contains { !offsets(of: "@Test", in: $0.code).isEmpty })
    }
}
