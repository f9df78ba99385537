import Foundation
import Testing

/// The files of the repository this test file lies in, read once.
enum Repository {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Package.swift, openapi.yaml, and what lies below Sources, Tests, scripts and docker.
    static let files: [SourceFile] = {
        var paths = ["Package.swift", "openapi.yaml", "Makefile", ".ci/run"]
        for folder in ["Sources", "Tests", "scripts", "docker"] {
            let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path())
            while let path = found?.nextObject() as? String { paths.append("\(folder)/\(path)") }
        }
        return paths.sorted().compactMap { path in
            // Folders, sockets and binary files are no text.
            guard
                let bytes = FileManager.default.contents(
                    atPath: root.appending(path: path).path()),
                let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            return SourceFile(path, text)
        }
    }()
}

/// Expects a rule to find nothing in the repository; names each place where it does.
func expectClean(_ rule: Rule, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
        Repository.files.contains { $0.path == "Package.swift" }, sourceLocation: sourceLocation)
    for finding in rule(Repository.files) {
        Issue.record("\(finding)", sourceLocation: sourceLocation)
    }
}

/// Expects a rule to find this many faults in the one file that is shown to it.
func expectFindings(
    _ count: Int, _ rule: Rule, _ path: String, _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectFindings(count, rule, [SourceFile(path, text)], sourceLocation: sourceLocation)
}

/// Expects a rule to find this many faults in the files that are shown to it.
func expectFindings(
    _ count: Int, _ rule: Rule, _ files: [SourceFile],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let findings = rule(files)
    #expect(findings.count == count, "\(findings)", sourceLocation: sourceLocation)
}
