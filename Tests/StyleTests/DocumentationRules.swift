import Testing

private let declarationKeywords: Set<Substring> = [
    "struct", "class", "enum", "actor", "protocol", "func", "let", "var", "init", "subscript",
    "typealias", "case",
]
/// Conformances to the standard library, which its own documentation describes.
private let knownRequirements = [
    "var description:", "func ==", "func <", "func hash(into", "func next()",
    "func makeAsyncIterator()", "func enqueue(", "let rawValue:", "init(rawValue:",
]

private let typeKeywords: Set<Substring> = ["struct", "class", "enum", "actor", "protocol"]

/// Whether the line declares something that needs a `///`: a type or a `package` declaration
/// anywhere, a function at the left margin.
private func needsDocumentation(_ line: Substring) -> Bool {
    let trimmed = line.drop { $0 == " " }
    if knownRequirements.contains(where: { trimmed.contains($0) }) { return false }
    var parts = trimmed.split { " (<:".contains($0) }[...]
    while let first = parts.first, first.hasPrefix("@") { parts = parts.dropFirst() }
    guard let keyword = parts.first(where: declarationKeywords.contains) else { return false }
    let modifiers = parts.prefix { !declarationKeywords.contains($0) }
    guard modifiers.allSatisfy(isModifier) else { return false }
    if modifiers.contains("package") || modifiers.contains("package(set)") { return true }
    if typeKeywords.contains(keyword) { return true }
    return trimmed.startIndex == line.startIndex && ["func", "typealias"].contains(keyword)
}

private func isModifier(_ word: Substring) -> Bool {
    let known: Set<Substring> = [
        "package", "private", "fileprivate", "internal", "final", "static", "indirect", "mutating",
        "nonisolated", "consuming", "borrowing", "override", "convenience", "required", "lazy",
        "weak", "set)", "unowned", "unsafe)",
    ]
    return known.contains(word)
}

/// The first paragraph of the `///` lines that end right above this line, attributes between.
private func summary(above index: Int, in lines: [Substring]) -> String? {
    var current = index - 1
    func trimmed(_ index: Int) -> Substring { lines[index].drop { $0 == " " } }
    while current >= 0, trimmed(current).hasPrefix("@") || trimmed(current).hasPrefix("#if") {
        current -= 1
    }
    var comment: [Substring] = []
    while current >= 0, trimmed(current).hasPrefix("///") {
        comment.insert(trimmed(current).dropFirst(3), at: 0)
        current -= 1
    }
    guard !comment.isEmpty else { return nil }
    return comment.prefix { $0.contains { $0 != " " } }.joined(separator: " ")
}

@Sendable private func undocumented(_ files: [SourceFile]) -> [Finding] {
    let sources = files.filter { $0.isSwift && $0.isSource }
    // What fulfils a requirement is described where it is required.
    let required = Set(sources.flatMap(requirements))
    return sources.flatMap { file -> [Finding] in
        let lines = file.lines
        return zip(file.codeLines, lines.indices).compactMap { code, index in
            guard needsDocumentation(code) else { return nil }
            let parts = code.split { " (<:{".contains($0) }
            let name = zip(parts, parts.dropFirst()).first {
                ["func", "var", "let"].contains($0.0)
            }?.1
            let isRequirement = name.map { required.contains(String($0)) } ?? false
            guard let summary = summary(above: index, in: lines) else {
                if isRequirement { return nil }
                return Finding(
                    path: file.path, line: index + 1, message: "a declaration without ///")
            }
            guard summary.hasSuffix(".") || summary.contains(". ") else {
                return Finding(
                    path: file.path, line: index + 1,
                    message: "the first sentence of /// ends with a period")
            }
            return nil
        }
    }
}

@Suite("Documentation")
struct DocumentationRules {
    private static let path = "Sources/HTTP/A.swift"

    @Test("each type and each package declaration says what it is")
    func declarations() {
        expectClean(undocumented)
        expectFindings(
            4, undocumented, Self.path,
            "package struct A {\n    package let b: Int\n    /// No period\n"
                + "    package static func c() {}\n    let d = 0\n}\nfinal class E {}\n")
        expectFindings(
            0, undocumented, Self.path,
            "/// Fine (RFC 9112).\n@safe\npackage final class A {\n    private let b = 0\n"
                + "    /// It runs over\n    /// two lines. More.\n    package init(a: Int) {}\n}\n"
                + "package import Reactor\npackage extension A {}\n")
        let asked =
            "/// P.\nprotocol P {\n    /// Q.\n    func q(_ a: Int)\n"
            + "    /// R.\n    var r: Int { get }\n}\n"
        expectFindings(
            1, undocumented, Self.path,
            asked + "extension A: P {\n    package func q(_ a: Int) {}\n"
                + "    package let r = 0\n    package func s(_ a: Int) {}\n}\n")
        expectFindings(
            1, undocumented, Self.path,
            "/// A.\nstruct A {\n    private enum B {}\n    private func c() {}\n}\n")
    }
}
