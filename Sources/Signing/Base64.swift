/// Base64 (RFC 4648), strict: only the canonical text of some bytes decodes.
package enum Base64 {
    /// Alphabet and padding.
    private struct Variant {
        let alphabet: [UInt8]
        /// Value of each byte of text, 255 for those outside the alphabet.
        let values: [UInt8]
        let isPadded: Bool

        init(lastTwo: String, isPadded: Bool) {
            let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            alphabet = Array((letters + lastTwo).utf8)
            var values = [UInt8](repeating: 255, count: 256)
            for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
            self.values = values
            self.isPadded = isPadded
        }
    }

    private static let standard = Variant(lastTwo: "+/", isPadded: true)
    private static let url = Variant(lastTwo: "-_", isPadded: false)

    /// Text with `+`, `/` and padding (section 4).
    package static func encode(_ bytes: [UInt8]) -> [UInt8] { encode(bytes, standard) }

    /// Bytes of a padded text; nil for white space, missing or wrong padding, and stray bits.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        decode(text, standard)
    }

    /// Text with `-` and `_`, without padding (section 5).
    package static func encodeURL(_ bytes: [UInt8]) -> [UInt8] { encode(bytes, url) }

    /// Bytes of an unpadded text with `-` and `_`; nil for anything else.
    package static func decodeURL(_ text: some Collection<UInt8>) -> [UInt8]? {
        decode(text, url)
    }

    private static func encode(_ bytes: [UInt8], _ variant: Variant) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0)
            }
            for offset in 0...3 {
                if offset <= count {
                    text.append(variant.alphabet[Int(group >> UInt32(18 - 6 * offset)) & 63])
                } else if variant.isPadded {
                    text.append(UInt8(ascii: "="))
                }
            }
            index += 3
        }
        return text
    }

    private static func decode(_ text: some Collection<UInt8>, _ variant: Variant) -> [UInt8]? {
        var digits = text[...]
        if variant.isPadded {
            if !text.count.isMultiple(of: 4) { return nil }
            for _ in 0..<2 where digits.suffix(1).elementsEqual([UInt8(ascii: "=")]) {
                digits = digits.dropLast()
            }
        }
        let rest = digits.count % 4
        if rest == 1 { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for digit in digits {
            let value = variant.values[Int(digit)]
            if value == 255 { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
                bits &= (1 << UInt32(bitCount)) - 1
            }
        }
        return bits == 0 ? bytes : nil
    }
}

/// Base 16 in lower case.
package enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two digits a byte.
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}
