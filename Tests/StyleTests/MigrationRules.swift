import Foundation
import Testing

private let migrationFolder = "Sources/CAssets/migrations/"

/// The SHA-256 of a text in hexadecimal, by the tool everybody can check it with.
private func sha256(_ bytes: [UInt8]) -> String? {
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/sha256sum")
    process.standardInput = input
    process.standardOutput = output
    do {
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer.prefix(64), as: UTF8.self)
    } catch {
        return nil
    }
}

/// A released migration never changes: its sum stands in CHECKSUMS, in the form of sha256sum.
@Sendable private func changedMigrations(_ files: [SourceFile]) -> [Finding] {
    let list = files.first { $0.path == migrationFolder + "CHECKSUMS" }
    var sums: [String: String] = [:]
    for line in list?.lines ?? [] {
        let parts = line.split(separator: " ")
        if parts.count == 2 { sums[String(parts[1])] = String(parts[0]) }
    }
    let migrations = files.filter {
        $0.path.hasPrefix(migrationFolder) && $0.path.hasSuffix(".sql")
    }
    let remedy = "(cd \(migrationFolder) && sha256sum *.sql > CHECKSUMS)"
    var findings: [Finding] = migrations.compactMap { file in
        guard let sum = sums.removeValue(forKey: file.name) else {
            return file.finding(at: 0, "not in CHECKSUMS; for a new migration: \(remedy)")
        }
        return sum == sha256(file.bytes)
            ? nil
            : file.finding(at: 0, "a released migration never changes: write a new one")
    }
    if migrations.isEmpty {
        findings.append(Finding(path: migrationFolder, line: 1, message: "no migration"))
    }
    findings += sums.keys.sorted().map {
        Finding(path: migrationFolder + $0, line: 1, message: "a released migration is gone")
    }
    return findings
}

@Sendable private func unexplainedMigrations(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.path.hasPrefix(migrationFolder) && $0.path.hasSuffix(".sql") }
        .filter { !$0.text.hasPrefix("-- ") }
        .map { $0.finding(at: 0, "a migration begins with a comment that says why") }
}

@Suite("Migrations")
struct MigrationRules {
    private static let path = migrationFolder + "0001_accounts.sql"
    private static let sums = SourceFile(
        migrationFolder + "CHECKSUMS",
        String(repeating: "0", count: 64) + "  0001_accounts.sql\n")

    @Test("the SHA-256 of every migration is the one it was released with")
    func checksums() throws {
        expectClean(changedMigrations)
        let file = SourceFile(Self.path, "-- Accounts.\n")
        expectFindings(1, changedMigrations, [Self.sums, file])
        expectFindings(1, changedMigrations, [file])
        expectFindings(2, changedMigrations, [Self.sums])
        let right = try #require(sha256(file.bytes)) + "  0001_accounts.sql\n"
        expectFindings(0, changedMigrations, [SourceFile(Self.sums.path, right), file])
    }

    @Test("a migration begins with the reason for it")
    func reasons() {
        expectClean(unexplainedMigrations)
        expectFindings(1, unexplainedMigrations, Self.path, "create table accounts ();\n")
    }
}
