import Testing

private let lineColumnLimit = 100
private let fileLineLimit = 500
private let functionLineLimit = 70

/// Whether people write and read the file line by line; texts, data and the cases copied from
/// elsewhere in Tests/http are not of this kind.
private func isCode(_ file: SourceFile) -> Bool {
    guard file.path.contains("/"), !file.path.hasPrefix("Tests/http/") else { return false }
    let kinds = [".swift", ".sql", ".c", ".h", ".sh", ".bash", ".py"]
    return kinds.contains(where: file.path.hasSuffix) || file.text.hasPrefix("#!")
}

@Sendable private func longLines(_ files: [SourceFile]) -> [Finding] {
    files.filter(isCode).flatMap { file in
        file.lines.enumerated().compactMap { index, line in
            line.utf8.count > lineColumnLimit && line.count > lineColumnLimit
                ? Finding(
                    path: file.path, line: index + 1,
                    message: "\(line.count) columns, at most \(lineColumnLimit)")
                : nil
        }
    }
}

@Sendable private func longFiles(_ files: [SourceFile]) -> [Finding] {
    files.filter(isCode).compactMap { file in
        let count = file.lines.count
        // The one harness of all faults: clusters, services, callers and invariants in one place.
        if file.path == "Tests/faults/harness.py" { return nil }
        guard count > fileLineLimit else { return nil }
        return Finding(
            path: file.path, line: count, message: "\(count) lines, at most \(fileLineLimit)")
    }
}

/// The offset of the brace that opens the body of the function declared here; nil for a
/// requirement of a protocol, which has none.
private func bodyStart(in code: [UInt8], after declaration: Int) -> Int? {
    var depth = 0
    for offset in declaration..<code.count {
        switch code[offset] {
        case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "{") where depth == 0: return offset
        case UInt8(ascii: "}") where depth == 0: return nil
        case UInt8(ascii: "\n") where depth == 0:
            // The next declaration of a protocol begins.
            let rest = code[(offset + 1)...].drop { $0 == UInt8(ascii: " ") }
            let word = String(decoding: rest.prefix { isWord($0) }, as: UTF8.self)
            if ["func", "init", "var", "let", "static", "mutating", "associatedtype"].contains(word)
            {
                return nil
            }
        default: break
        }
    }
    return nil
}

@Sendable private func longFunctions(_ files: [SourceFile]) -> [Finding] {
    files.filter(\.isSwift).flatMap { file -> [Finding] in
        let code = file.code
        return words(in: code).compactMap { word in
            guard ["func", "init", "deinit"].contains(word.text) else { return nil }
            // `self.init(…)` and `.init(…)` are calls.
            if word.offset > 0, code[word.offset - 1] == UInt8(ascii: ".") { return nil }
            guard let start = bodyStart(in: code, after: word.offset + word.text.utf8.count) else {
                return nil
            }
            let first = file.line(at: word.offset)
            let count = file.line(at: closingBrace(in: code, of: start)) - first + 1
            guard count > functionLineLimit else { return nil }
            return Finding(
                path: file.path, line: first,
                message: "a function of \(count) lines, at most \(functionLineLimit)")
        }
    }
}

@Suite("Sizes")
struct SizeRules {
    @Test("no line is longer than a hundred columns, comments included")
    func lines() {
        expectClean(longLines)
        let comment = "// " + String(repeating: "a", count: 98)
        expectFindings(1, longLines, "Sources/HTTP/A.swift", comment + "\n// short\n")
        expectFindings(0, longLines, "Sources/HTTP/A.swift", String(repeating: "ệ", count: 100))
        let script = "#!/usr/bin/env bash\n" + String(repeating: "a", count: 101)
        expectFindings(1, longLines, "scripts/run", script)
        expectFindings(1, longLines, "Sources/CAssets/migrations/0001_a.sql", comment)
        expectFindings(0, longLines, "Sources/CAssets/guides/services.en.txt", comment)
    }

    @Test("no file is longer than five hundred lines")
    func fileLengths() {
        expectClean(longFiles)
        let text = String(repeating: "\n", count: 501)
        expectFindings(1, longFiles, "Sources/HTTP/A.swift", text)
        expectFindings(0, longFiles, "Sources/HTTP/A.swift", String(text.dropFirst()))
    }

    @Test("no function is longer than seventy lines")
    func functions() {
        expectClean(longFunctions)
        let body = String(repeating: "    _ = \"}\" // }\n", count: 69)
        expectFindings(
            1, longFunctions, "Sources/HTTP/A.swift",
            "protocol P {\n    func a()\n    func b()\n}\nfunc f(x: () -> Void = {}) {\n\(body)}\n")
        expectFindings(
            0, longFunctions, "Sources/HTTP/A.swift",
            "func f() {\n\(body.dropLast(17))}\nfunc g() {}\n")
    }
}
