/// Reads the few shapes of structured fields (RFC 8941) that signatures and digests use.
///
/// Each method answers nil when the bytes at the position are something else; the position is
/// then of no meaning.
struct StructuredFieldScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything has been read.
    var isAtEnd: Bool { position == bytes.count }

    /// The next byte, not yet read.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Reads this byte, or nothing.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Skips SP; says whether there was any.
    @discardableResult
    mutating func skipSpaces() -> Bool {
        let start = position
        while next == UInt8(ascii: " ") { position += 1 }
        return position > start
    }

    /// Skips SP and HTAB, which may stand around the comma of a dictionary (section 4.2.2).
    mutating func skipOptionalWhitespace() {
        while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
    }

    /// A key (section 4.2.3.3): a lower-case letter or `*`, then letters, digits and `_-.*`.
    mutating func key() -> ArraySlice<UInt8>? {
        let start = position
        guard let first = next, Self.isKeyStart(first) else { return nil }
        position += 1
        while let byte = next, Self.isKeyByte(byte) { position += 1 }
        return bytes[start..<position]
    }

    /// A string (section 4.2.5), unescaped: printable ASCII, only `\"` and `\\` escaped.
    mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard Self.isPrintable(byte) else { return nil }
            position += 1
        }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while var byte = next, byte != UInt8(ascii: "\"") {
            position += 1
            if byte == UInt8(ascii: "\\") {
                guard let escaped = next else { return nil }
                guard escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    return nil
                }
                byte = escaped
                position += 1
            } else if !Self.isPrintable(byte) {
                return nil
            }
            text.append(byte)
        }
        return take(UInt8(ascii: "\"")) ? String(decoding: text, as: UTF8.self) : nil
    }

    /// An integer (section 4.2.4) that is not negative: 1 to 15 digits, and no decimal point.
    mutating func naturalNumber() -> Int64? {
        let start = position
        var value: Int64 = 0
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            if position - start == 15 { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            position += 1
        }
        return position == start || next == UInt8(ascii: ".") ? nil : value
    }

    /// A byte sequence (section 4.2.7): canonical base64 between colons.
    mutating func byteSequence() -> [UInt8]? {
        guard take(UInt8(ascii: ":")) else { return nil }
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        defer { position = end + 1 }
        return Base64.decode(bytes[position..<end])
    }

    private static func isKeyStart(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte == UInt8(ascii: "*")
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: isKeyStart(byte)
        }
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte <= 0x7E }

    /// Appends a string in its one canonical form (section 4.1.6).
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: isEscaped) {
            for byte in text.utf8 {
                if isEscaped(byte) { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
