/// The name of a member that a form asks for.
///
/// A literal is one. A form that is read millions of times keeps its names, so that they are looked
/// at once.
package struct JSONName: Sendable, ExpressibleByStringLiteral {
    /// The name, without escapes.
    package let text: String
    /// See ``JSONNode/Place/look``.
    let look: UInt32

    /// Takes a name.
    package init(_ text: String) {
        self.text = text
        let bytes = text.utf8.span
        look = JSONName.look(of: bytes, 0..<bytes.count)
    }

    /// Takes a word of a list.
    package init(_ word: some RawRepresentable<String>) { self.init(word.rawValue) }

    /// Takes a literal.
    package init(stringLiteral text: String) { self.init(text) }

    /// The length of a name, its first byte, one in the middle and its last.
    @inline(__always)
    static func look(of bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        guard !range.isEmpty else { return 0 }
        let (start, count) = (range.lowerBound, range.count)
        return UInt32(truncatingIfNeeded: count) << 24 | UInt32(bytes[start]) << 16
            | UInt32(bytes[start + count / 2]) << 8 | UInt32(bytes[start + count - 1])
    }
}
