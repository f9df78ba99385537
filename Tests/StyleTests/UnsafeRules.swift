import Testing

/// The modules at a C border, where `unsafe` is at home.
private let borderModules: Set<String> = [
    "Reactor", "HTTP", "HTTPClient", "Postgres", "Signing", "Compression",
]
/// The modules whose classes are confined to one loop.
private let loopModules: Set<String> = ["Reactor", "HTTP", "HTTPClient", "Postgres"]
/// Single files at a C border outside those modules.
private let borderFiles: Set<String> = [
    // The bytes that C's #embed puts into the binary come as pointers.
    "Sources/CustomerCare/Assets.swift"
]

@Sendable private func unsafeCode(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource }.flatMap { file -> [Finding] in
        let module = file.module ?? ""
        guard !borderModules.contains(module), !borderFiles.contains(file.path) else { return [] }
        return ["unsafe", "@safe", "@unsafe"].flatMap { word in
            offsets(of: word, in: file.code).map {
                file.finding(at: $0, "\(word) belongs to the modules at a C border")
            }
        }
    }
}

@Sendable private func uncheckedSendables(_ files: [SourceFile]) -> [Finding] {
    files.filter { $0.isSwift && $0.isSource && !loopModules.contains($0.module ?? "") }
        .flatMap { file in
            offsets(of: "@unchecked", in: file.code).map {
                file.finding(at: $0, "@unchecked Sendable is for classes confined to a loop")
            }
        }
}

@Suite("Unsafe code")
struct UnsafeRules {
    @Test("unsafe stands only in the modules at a C border")
    func unsafe() {
        expectClean(unsafeCode)
        let text = "let a = unsafe p.pointee\nnonisolated(unsafe) var b = 0\n// unsafe\n"
        expectFindings(2, unsafeCode, "Sources/CustomerCare/A.swift", text)
        expectFindings(2, unsafeCode, "Sources/JSON/A.swift", text)
        expectFindings(0, unsafeCode, "Sources/Signing/A.swift", text)
    }

    @Test("only classes confined to a loop are sendable unchecked")
    func unchecked() {
        expectClean(uncheckedSendables)
        let text = "final class A: @unchecked Sendable {}\n"
        expectFindings(1, uncheckedSendables, "Sources/Signing/A.swift", text)
        expectFindings(0, uncheckedSendables, "Sources/Postgres/A.swift", text)
    }
}
