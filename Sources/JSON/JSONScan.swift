/// Walks over JSON bytes outside strings, for the rules that the C parser does not know.
enum JSONScan {
    /// Refuses emptiness, a byte order mark, NUL bytes and too deep nesting.
    ///
    /// At most `maximumDepth` arrays and objects may stand within each other. Linear.
    static func check(_ bytes: [UInt8], maximumDepth: Int) throws(JSONSyntaxError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw JSONSyntaxError(.byteOrderMark, at: 0, in: bytes)
        }
        var depth = 0
        var isEmpty = true
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0:
                throw JSONSyntaxError(.nul, at: index, in: bytes)
            case UInt8(ascii: "\""):
                isEmpty = false
                index = endOfString(startingAt: index, in: bytes)
                if index < bytes.count, bytes[index] == 0 { continue }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                isEmpty = false
                depth += 1
                if depth > maximumDepth {
                    throw JSONSyntaxError(.tooDeep, at: index, in: bytes)
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                break
            default:
                isEmpty = false
            }
            index += 1
        }
        if isEmpty && depth == 0 { throw JSONSyntaxError(.empty, at: bytes.count, in: bytes) }
    }

    /// Numbers that jansson refuses as too big, taken out of the text.
    struct Numbers {
        /// The text with each such number replaced by `0` and spaces, so that offsets stay.
        var bytes: [UInt8]
        /// Which numbers of the document, counted from 0 in its order, were replaced; ascending.
        var replaced: [Int] = []
    }

    /// Replaces every well-formed number that 64 bits or a double do not hold.
    ///
    /// Linear: each byte is looked at a fixed number of times.
    static func replacingOutOfRangeNumbers(in bytes: [UInt8]) -> Numbers {
        var result = Numbers(bytes: bytes)
        var ordinal = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                index = endOfString(startingAt: index, in: bytes) + 1
            } else if byte == UInt8(ascii: "-") || isDigit(byte) {
                let end = bytes[index...].firstIndex { !isNumberByte($0) } ?? bytes.count
                if isOutOfRange(bytes[index..<end]) {
                    result.bytes[index] = UInt8(ascii: "0")
                    for rest in index + 1..<end { result.bytes[rest] = UInt8(ascii: " ") }
                    result.replaced.append(ordinal)
                }
                ordinal += 1
                index = end
            } else {
                index += 1
            }
        }
        return result
    }

    /// Index of the closing quote, of a NUL byte within, or the end of the bytes.
    private static func endOfString(startingAt start: Int, in bytes: [UInt8]) -> Int {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case 0, UInt8(ascii: "\""): return index
            case UInt8(ascii: "\\"):
                // A NUL behind the backslash must still be seen.
                index += index + 1 < bytes.count && bytes[index + 1] == 0 ? 1 : 2
            default: index += 1
            }
        }
        return bytes.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    /// Whether a token follows the grammar of RFC 8259 section 6 and no type of ours holds it.
    private static func isOutOfRange(_ token: ArraySlice<UInt8>) -> Bool {
        var index = token.startIndex
        func digits() -> Int {
            let start = index
            while index < token.endIndex, isDigit(token[index]) { index += 1 }
            return index - start
        }
        if token.first == UInt8(ascii: "-") { index += 1 }
        let hasLeadingZero = index < token.endIndex && token[index] == UInt8(ascii: "0")
        let integerDigits = digits()
        if integerDigits == 0 || hasLeadingZero && integerDigits > 1 { return false }
        var isInteger = true
        if index < token.endIndex, token[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            if digits() == 0 { return false }
        }
        if index < token.endIndex, token[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if index < token.endIndex,
                [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(token[index])
            {
                index += 1
            }
            if digits() == 0 { return false }
        }
        if index != token.endIndex { return false }
        // The grammar is checked above, so the lenience of these two initialisers does not matter.
        let text = String(decoding: token, as: UTF8.self)
        if isInteger { return Int64(text) == nil }
        return !(Double(text) ?? .infinity).isFinite
    }
}
