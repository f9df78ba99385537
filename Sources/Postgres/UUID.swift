/// A UUID (RFC 9562): sixteen bytes, written as lower-case text.
package struct UUID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, most significant first.
    package let high: UInt64
    /// The last eight bytes, most significant first.
    package let low: UInt64

    /// Makes a UUID of its two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the text form of 36 bytes (RFC 9562 section 4, either case); nil for anything else.
    package init?(text: some Collection<UInt8>) {
        guard text.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (position, byte) in text.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = UUID.digit(byte) else { return nil }
            if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
            digits += 1
        }
        self.init(high: high, low: low)
    }

    /// Reads the text form; nil when it is not one.
    package init?(_ text: String) {
        self.init(text: text.utf8)
    }

    /// The sixteen bytes in the order of the wire.
    package var bytes: [UInt8] {
        (0..<16).map { position in
            let half = position < 8 ? high : low
            return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (position % 8)))
        }
    }

    /// The 36 bytes of the lower-case text form.
    package var text: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        append(to: &text)
        return text
    }

    /// Appends the 36 bytes of the text form.
    package func append(to bytes: inout [UInt8]) {
        UUID.append(high >> 32, digits: 8, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        UUID.append(high >> 16, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        UUID.append(high, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        UUID.append(low >> 48, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        UUID.append(low, digits: 12, to: &bytes)
    }

    /// Appends the lowest so many hexadecimal digits of a number.
    private static func append(_ number: UInt64, digits: UInt64, to bytes: inout [UInt8]) {
        var shift = digits * 4
        while shift > 0 {
            shift -= 4
            bytes.append(letter(UInt8(truncatingIfNeeded: number >> shift) & 15))
        }
    }

    package var description: String { String(decoding: text, as: UTF8.self) }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private static func letter(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
