/// Why bytes are not one JSON text, and where; holds nothing of the input itself.
package struct JSONSyntaxError: Error, Sendable, Equatable {
    /// What was wrong, as a closed list.
    package enum Reason: String, Sendable, CaseIterable {
        /// There is no value at all.
        case empty = "the body is empty"
        /// U+FEFF stands before the value (RFC 8259 section 8.1).
        case byteOrderMark = "a byte order mark stands before the value"
        /// The bytes are not UTF-8.
        case invalidUTF8 = "the bytes are not valid UTF-8"
        /// A NUL, as a byte or as an escape.
        case nul = "a NUL character is not allowed"
        /// More arrays and objects within each other than the limit.
        case tooDeep = "arrays and objects are nested too deeply"
        /// One name twice in one object.
        case duplicateName = "a member name occurs twice in one object"
        /// The text ends within a value.
        case unexpectedEnd = "the text ends before the value does"
        /// Something follows the value.
        case trailingBytes = "something follows the value"
        /// Every other breach of the grammar, unpaired surrogates included.
        case syntax = "the text is not valid JSON"
    }

    /// What was wrong.
    package let reason: Reason
    /// Bytes before the fault, at most the length of the input.
    package let byteOffset: Int
    /// Line of the fault, from 1; only LF ends a line.
    package let line: Int
    /// Column of the fault in Unicode scalars, from 1.
    package let column: Int

    /// Finds line and column of a byte offset.
    init(_ reason: Reason, at byteOffset: Int, in bytes: Span<UInt8>) {
        let offset = min(max(byteOffset, 0), bytes.count)
        var line = 1
        var column = 1
        for index in 0..<offset {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.reason = reason
        self.byteOffset = offset
        self.line = line
        self.column = column
    }
}
