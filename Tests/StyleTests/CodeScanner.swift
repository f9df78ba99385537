/// Tells code from comments and string literals, well enough for the rules.
///
/// Knows nested comments, raw and multi-line literals and interpolation; does not know
/// regular-expression literals.
struct CodeScanner {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var code: [UInt8]
    private(set) var comments: [UInt8]
    private(set) var literals: [SourceFile.Literal] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        code = bytes
        comments = bytes.map { $0 == newline ? newline : blank }
    }

    /// Scans the whole file.
    mutating func scan() {
        while position < bytes.count { scanCode(insideInterpolation: false) }
    }

    private func byte(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private func starts(with word: StaticString) -> Bool {
        let text = word.description.utf8
        return position + text.count <= bytes.count
            && bytes[position..<position + text.count].elementsEqual(text)
    }

    /// Takes bytes out of the code.
    private mutating func hide(_ count: Int, asComment: Bool = false) {
        for offset in position..<min(position + count, bytes.count) where bytes[offset] != newline {
            code[offset] = blank
            if asComment { comments[offset] = bytes[offset] }
        }
        position += count
    }

    /// Ends at the end of the file, or at the parenthesis that closes an interpolation.
    private mutating func scanCode(insideInterpolation: Bool) {
        var depth = 0
        while let current = byte() {
            if starts(with: "//") {
                while let next = byte(), next != newline { hide(1, asComment: true) }
            } else if starts(with: "/*") {
                scanBlockComment()
            } else if current == quote || (current == hash && opensRawLiteral) {
                scanLiteral()
            } else {
                if current == UInt8(ascii: "(") { depth += 1 }
                if current == UInt8(ascii: ")") {
                    if depth == 0 && insideInterpolation { return }
                    depth -= 1
                }
                position += 1
            }
        }
    }

    private var opensRawLiteral: Bool {
        var distance = 0
        while byte(distance) == hash { distance += 1 }
        return byte(distance) == quote
    }

    private mutating func scanBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                hide(2, asComment: true)
            } else if starts(with: "*/") {
                depth -= 1
                hide(2, asComment: true)
            } else {
                hide(1, asComment: true)
            }
        } while depth > 0 && position < bytes.count
    }

    private mutating func scanLiteral() {
        let start = position
        var hashCount = 0
        while byte() == hash {
            hashCount += 1
            position += 1
        }
        let isMultiLine = starts(with: "\"\"\"")
        let quoteCount = isMultiLine ? 3 : 1
        position += quoteCount
        let textStart = position
        var isInterpolated = false
        while let current = byte() {
            if current == quote, closes(quoteCount, hashCount) { break }
            if !isMultiLine && current == newline { break }
            if current == UInt8(ascii: "\\"), hashes(after: 1, count: hashCount) {
                hide(1 + hashCount)
                guard byte() == UInt8(ascii: "(") else {
                    hide(1)
                    continue
                }
                isInterpolated = true
                position += 1
                scanCode(insideInterpolation: true)
                position += 1
            } else {
                hide(1)
            }
        }
        let end = min(position, bytes.count)
        literals.append(
            SourceFile.Literal(
                offset: start, text: String(decoding: bytes[textStart..<end], as: UTF8.self),
                isMultiLine: isMultiLine, isInterpolated: isInterpolated))
        position = min(end + quoteCount + hashCount, bytes.count)
    }

    private func hashes(after distance: Int, count: Int) -> Bool {
        (0..<count).allSatisfy { byte(distance + $0) == hash }
    }

    private func closes(_ quoteCount: Int, _ hashCount: Int) -> Bool {
        (0..<quoteCount).allSatisfy { byte($0) == quote }
            && hashes(after: quoteCount, count: hashCount)
    }
}

private let newline = UInt8(ascii: "\n")
private let blank = UInt8(ascii: " ")
private let quote = UInt8(ascii: "\"")
private let hash = UInt8(ascii: "#")
