import Testing

/// Who may import whom: the picture in ARCHITECTURE.md as a table.
private let allowedImports: [String: Set<String>] = [
    "Reactor": ["CLinux", "Glibc", "Synchronization"],
    "HTTP": ["Reactor", "CLinux", "Glibc"],
    "HTTPClient": ["Reactor", "CCurl"],
    "Postgres": ["Reactor", "CLibPQ", "CLinux", "Glibc"],
    "JSON": [],
    "Compression": ["CZlib"],
    "Signing": ["COpenSSL"],
    "Electricity": [],
    "Payments": ["JSON", "Signing", "Electricity", "HTTPClient"],
    "Zalo": ["JSON", "Signing", "HTTPClient"],
    "CustomerCare": [
        "Reactor", "HTTP", "HTTPClient", "Postgres", "JSON", "Signing", "Electricity",
        "Payments", "Zalo", "Compression", "CAssets", "Configuration", "Logging", "Metrics",
        "Synchronization",
    ],
    "customer-care": ["CustomerCare", "ArgumentParser"],
]

/// Files that may import one thing more, each with the reason in the line.
private let importExceptions: [String: Set<String>] = [
    // NFC and NFD are in the standard library, but only by naming it as an SPI.
    "Sources/CustomerCare/PersonalData/LetterForm.swift": ["Swift"],
    "Sources/JSON/JSONObject.swift": ["Swift"],
    "Sources/CustomerCare/PersonalData/PersonalText.swift": ["Swift"],
]

/// The module an import line names; nil for any other line.
private func importedModule(_ line: Substring) -> String? {
    let parts = line.split(separator: " ")
    guard let position = parts.firstIndex(of: "import"), position + 1 < parts.count else {
        return nil
    }
    let access: Set<Substring> = ["package", "internal", "public", "private", "fileprivate"]
    guard parts[..<position].allSatisfy({ access.contains($0) || $0.hasPrefix("@") }) else {
        return nil
    }
    let kinds: Set<Substring> = ["struct", "enum", "class", "func", "let", "var", "typealias"]
    let named = kinds.contains(parts[position + 1]) ? position + 2 : position + 1
    guard named < parts.count else { return nil }
    return String(parts[named].split(separator: ".")[0])
}

@Sendable private func unwantedImports(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource }.flatMap { file -> [Finding] in
        let module = file.module ?? ""
        let allowed = (allowedImports[module] ?? []).union(importExceptions[file.path] ?? [])
        return file.codeLines.enumerated().compactMap { index, line in
            guard let imported = importedModule(line), !allowed.contains(imported) else {
                return nil
            }
            return Finding(
                path: file.path, line: index + 1, message: "\(module) may not import \(imported)")
        }
    }
}

@Sendable private func electricityTestImports(_ files: [SourceFile]) -> [Finding] {
    let allowed: Set<String> = ["Electricity", "Testing", "Foundation"]
    return files.filter { $0.isSwift && $0.module == "ElectricityTests" }.flatMap { file in
        file.codeLines.enumerated().compactMap { index, line in
            guard let imported = importedModule(line), !allowed.contains(imported) else {
                return nil
            }
            return Finding(
                path: file.path, line: index + 1,
                message: "the trade's arithmetic is tested alone, without \(imported)")
        }
    }
}

@Sendable private func networkLibraries(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.path == "Package.swift" }.flatMap { file in
        offsets(of: "swift-nio", in: file.bytes).map {
            file.finding(at: $0, "the socket server is this project's own: no SwiftNIO")
        }
    }
}

@Suite("Imports")
struct ImportRules {
    @Test("each module imports only what the architecture allows")
    func imports() {
        expectClean(unwantedImports)
        expectFindings(1, unwantedImports, "Sources/HTTP/A.swift", "import Reactor\nimport JSON\n")
        expectFindings(
            2, unwantedImports, "Sources/CustomerCare/A.swift",
            "package import struct Foundation.Date\n@preconcurrency import NIOCore\n")
        expectFindings(1, unwantedImports, "Sources/Newcomer/A.swift", "import HTTP\n")
        expectFindings(0, unwantedImports, "Sources/HTTP/A.swift", "// import JSON\n")
    }

    @Test("the tests of Electricity import nothing but Electricity")
    func electricityTests() {
        expectClean(electricityTestImports)
        expectFindings(
            1, electricityTestImports, "Tests/ElectricityTests/A.swift", "import Postgres\n")
    }

    @Test("the package names no SwiftNIO")
    func noNetworkLibrary() {
        expectClean(networkLibraries)
        expectFindings(
            1, networkLibraries, "Package.swift",
            ".package(url: \"https://github.com/apple/swift-nio\", from: \"2.0.0\")\n")
    }
}
