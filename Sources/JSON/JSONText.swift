/// Encodes scalars as JSON text, straight into bytes.
enum JSONText {
    /// Appends a quoted string (RFC 8259 section 7) between what stands before and behind it; whole
    /// when nothing needs an escape.
    ///
    /// U+2028 and U+2029 are escaped too, so that the text may stand within JavaScript.
    static func append(
        _ value: String, to bytes: inout [UInt8], before: UInt8? = nil, behind: UInt8? = nil
    ) {
        let start = bytes.count
        let text = value.utf8.span
        var isPlain = true
        bytes.append(addingCapacity: text.count + 4) { output in
            if let before { output.append(before) }
            output.append(UInt8(ascii: "\""))
            for index in text.indices {
                let byte = text[index]
                // 0xE2 begins U+2028 and U+2029, and others that take the slow way for nothing.
                if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0xE2 { isPlain = false }
                output.append(byte)
            }
            output.append(UInt8(ascii: "\""))
            if let behind { output.append(behind) }
        }
        if isPlain { return }
        bytes.removeSubrange(start...)
        if let before { bytes.append(before) }
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        if let behind { bytes.append(behind) }
    }

    /// Appends digits, without a String between.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(value.magnitude, minimumCount: 1, to: &bytes)
    }

    /// Appends `value / 10^scale` as fixed point without trailing zeros.
    static func append(decimal value: Int64, scale: Int, to bytes: inout [UInt8]) {
        precondition((0...18).contains(scale), "a decimal has between 0 and 18 places")
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var places = scale
        var divisor: UInt64 = 1
        for _ in 0..<scale { divisor *= 10 }
        let (whole, remainder) = value.magnitude.quotientAndRemainder(dividingBy: divisor)
        var fraction = remainder
        while places > 0, fraction.isMultiple(of: 10) {
            fraction /= 10
            places -= 1
        }
        appendDigits(whole, minimumCount: 1, to: &bytes)
        if places > 0 {
            bytes.append(UInt8(ascii: "."))
            appendDigits(fraction, minimumCount: places, to: &bytes)
        }
    }

    private static func appendDigits(
        _ value: UInt64, minimumCount: Int, to bytes: inout [UInt8]
    ) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var first = 20
        var rest = value
        repeat {
            first -= 1
            digits[first] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        first = min(first, 20 - minimumCount)
        bytes.append(addingCapacity: 20 - first) { output in
            for index in first..<20 { output.append(digits[index]) }
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func appendEscaped(_ value: String, to bytes: inout [UInt8]) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "\u{0}"..."\u{1F}", "\u{2028}", "\u{2029}":
                bytes.append(contentsOf: "\\u".utf8)
                for shift in [12, 8, 4, 0] {
                    bytes.append(hexDigits[Int(scalar.value >> UInt32(shift)) & 15])
                }
            default:
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
