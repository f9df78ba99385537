import Testing

private let eventLoopLineLimit = 350

@Sendable private func protocolKnowledge(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSource && $0.module == "Reactor" }.flatMap { file in
        file.lines.enumerated().compactMap { index, line in
            line.contains("HTTP")
                ? Finding(
                    path: file.path, line: index + 1, message: "the event loop knows no HTTP") : nil
        }
    }
}

@Sendable private func longEventLoop(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.path == "Sources/Reactor/EventLoop.swift" }
        .filter { $0.lines.count > eventLoopLineLimit }
        .map { $0.finding(at: 0, "\($0.lines.count) lines, at most \(eventLoopLineLimit)") }
}

@Suite("Reactor")
struct ReactorRules {
    @Test("the reactor knows no HTTP")
    func knowledge() {
        expectClean(protocolKnowledge)
        expectFindings(1, protocolKnowledge, "Sources/Reactor/A.swift", "/// For HTTP.\n")
        expectFindings(0, protocolKnowledge, "Sources/HTTP/A.swift", "/// For HTTP.\n")
    }

    @Test("the event loop can be read in one sitting")
    func size() {
        expectClean(longEventLoop)
        expectFindings(
            1, longEventLoop, "Sources/Reactor/EventLoop.swift",
            String(repeating: "\n", count: eventLoopLineLimit + 1))
    }
}
