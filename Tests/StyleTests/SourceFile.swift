/// One file as the rules see it: its text, and for Swift what of it is code, comment or literal.
struct SourceFile: Sendable {
    /// A string literal with its place in the file.
    struct Literal: Sendable {
        /// Offset in bytes of its first quote.
        let offset: Int
        /// What stands between the quotes, interpolations included.
        let text: String
        let isMultiLine: Bool
        let isInterpolated: Bool
    }

    /// The path below the repository, with slashes.
    let path: String
    let text: String
    let bytes: [UInt8]
    /// As long as `bytes`: comments and the insides of literals are blanks.
    let code: [UInt8]
    /// As long as `bytes`: all but comments is blanks.
    let comments: [UInt8]
    let literals: [Literal]
    private let lineStarts: [Int]

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        bytes = Array(text.utf8)
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
        if path.hasSuffix(".swift") {
            var scanner = CodeScanner(bytes)
            scanner.scan()
            code = scanner.code
            comments = scanner.comments
            literals = scanner.literals
        } else {
            code = bytes
            comments = []
            literals = []
        }
    }

    /// The first folder below `Sources` or `Tests`; nil elsewhere.
    var module: String? {
        let parts = path.split(separator: "/")
        guard parts.count > 2, parts[0] == "Sources" || parts[0] == "Tests" else { return nil }
        return String(parts[1])
    }

    /// The path without the file's name.
    var folder: Substring { path.dropLast(name.count) }

    /// The file's name without folders.
    var name: String { String(path.split(separator: "/").last ?? "") }

    /// The file's name without folders and what follows the first dot.
    var stem: String { String(name.split(separator: ".").first ?? "") }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isSource: Bool { path.hasPrefix("Sources/") }
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The lines of the file; a final newline opens no further one.
    var lines: [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The lines of the code alone.
    var codeLines: [Substring] {
        Substring(decoding: code, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The number of the line, from 1, that the byte at this offset stands in.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The code before this offset, at most so many bytes of it.
    func codeBefore(_ offset: Int, atMost count: Int) -> String {
        String(decoding: code[max(0, offset - count)..<offset], as: UTF8.self)
    }

    /// A finding at the byte of this offset.
    func finding(at offset: Int, _ message: String) -> Finding {
        Finding(path: path, line: line(at: offset), message: message)
    }
}

/// What a rule has to say against one line.
struct Finding: CustomStringConvertible, Sendable {
    let path: String
    /// From 1.
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A rule: a pure function from files to what is wrong with them.
typealias Rule = @Sendable ([SourceFile]) -> [Finding]
