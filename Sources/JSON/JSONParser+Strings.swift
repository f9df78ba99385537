/// Strings (RFC 8259 section 7): most have neither escapes nor anything but ASCII.
extension JSONParser {
    /// Reads a string whose first quote stands here.
    mutating func string(_ text: Span<UInt8>) throws(Stop) -> JSONNode.Place {
        let start = index + 1
        var end = start
        // All bits that any of the bytes has.
        var union: UInt8 = 0
        while end < text.count {
            let byte = text[end]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            union |= byte
            end += 1
        }
        index = end
        guard end < text.count else { throw try broken(text, from: start) }
        switch text[end] {
        case UInt8(ascii: "\""):
            if union >= 0x80 { _ = try characters(text, start..<end) }
            index = end + 1
            return JSONNode.Place(start..<end, in: text, isUnescaped: false, isASCII: union < 0x80)
        case UInt8(ascii: "\\"):
            let string = try escapedString(text, from: start)
            let first = unescaped.count
            unescaped.append(contentsOf: string.utf8)
            return JSONNode.Place(
                first..<unescaped.count, in: unescaped.span, isUnescaped: true,
                isASCII: string.utf8.allSatisfy { $0 < 0x80 })
        default: throw try broken(text, from: start)
        }
    }

    /// The characters that these bytes are.
    func characters(_ text: Span<UInt8>, _ range: Range<Int>) throws(Stop) -> String {
        do {
            return String(copying: try UTF8Span(validating: text.extracting(range)))
        } catch {
            throw Stop(
                reason: .invalidUTF8, offset: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }

    /// Whether there is a whole character at the beginning of a few bytes.
    static func beginsCharacter(_ bytes: Span<UInt8>) -> Bool {
        for count in 1...max(1, bytes.count) where count <= bytes.count {
            // What is no character yet may be one with the next byte.
            if (try? UTF8Span(validating: bytes.extracting(first: count))) != nil { return true }
        }
        return false
    }

    /// Why a string cannot go on here: bytes before that are no characters come first.
    private func broken(_ text: Span<UInt8>, from start: Int) throws(Stop) -> Stop {
        _ = try characters(text, start..<index)
        return unexpected(text)
    }

    // MARK: Escapes

    private mutating func escapedString(_ text: Span<UInt8>, from start: Int) throws(Stop) -> String
    {
        var result = try characters(text, start..<index)
        var plain = index
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                result += try characters(text, plain..<index)
                index += 1
                return result
            case UInt8(ascii: "\\"):
                result += try characters(text, plain..<index)
                index += 1
                result.unicodeScalars.append(try escape(text))
                plain = index
            case ..<0x20: throw try broken(text, from: plain)
            default: index += 1
            }
        }
        throw try broken(text, from: plain)
    }

    /// What stands behind a backslash.
    private mutating func escape(_ text: Span<UInt8>) throws(Stop) -> Unicode.Scalar {
        guard index < text.count else { throw unexpected(text) }
        let scalar: Unicode.Scalar
        switch text[index] {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"): return try codePoint(text)
        default: throw unexpected(text)
        }
        index += 1
        return scalar
    }

    /// A code point behind `\u`, which two units write where one does not hold it.
    private mutating func codePoint(_ text: Span<UInt8>) throws(Stop) -> Unicode.Scalar {
        let start = index
        let first = try unit(text)
        if first == 0 { throw Stop(reason: .nul, offset: start) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00 else { throw Stop(reason: .syntax, offset: start) }
        guard index < text.count else { throw unexpected(text) }
        guard text[index] == UInt8(ascii: "\\") else { throw Stop(reason: .syntax, offset: start) }
        index += 1
        guard index < text.count else { throw unexpected(text) }
        guard text[index] == UInt8(ascii: "u") else { throw Stop(reason: .syntax, offset: start) }
        let second = try unit(text)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw Stop(reason: .syntax, offset: start) }
        return scalar
    }

    /// The `u` here and four hexadecimal digits behind it.
    private mutating func unit(_ text: Span<UInt8>) throws(Stop) -> UInt32 {
        index += 1
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard index < text.count else { throw unexpected(text) }
            let value: UInt8
            switch text[index] {
            case let byte where byte &- UInt8(ascii: "0") < 10: value = byte - UInt8(ascii: "0")
            case let byte where (byte | 0x20) &- UInt8(ascii: "a") < 6:
                value = (byte | 0x20) - UInt8(ascii: "a") + 10
            default: throw unexpected(text)
            }
            unit = unit << 4 | UInt32(value)
            index += 1
        }
        return unit
    }
}
