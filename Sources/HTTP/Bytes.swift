/// Comparing and classifying wire bytes; never through `String`, whose rules are not those of HTTP.
extension Span where Element == UInt8 {
    /// Whether these are exactly the bytes of an ASCII text.
    func equals(_ text: String) -> Bool {
        var position = 0
        for byte in text.utf8 {
            guard position < count, self[position] == byte else { return false }
            position += 1
        }
        return position == count
    }

    /// Whether these are the bytes of a lower-case ASCII text, whatever their own case.
    func equalsIgnoringCase(_ lowerCaseText: String) -> Bool {
        var position = 0
        for byte in lowerCaseText.utf8 {
            guard position < count, self[position].lowerCased == byte else { return false }
            position += 1
        }
        return position == count
    }

    /// The part of a range that is left without spaces and tabs at its ends (OWS, RFC 9110 5.6.3).
    func trimmingOptionalWhitespace(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower] == 0x20 || self[lower] == 0x09 { lower += 1 }
        while upper > lower, self[upper - 1] == 0x20 || self[upper - 1] == 0x09 { upper -= 1 }
        return lower..<upper
    }
}

extension UInt8 {
    /// ASCII letters in lower case, everything else as it is.
    var lowerCased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }

    /// A byte of a token (RFC 9110 section 5.6.2).
    var isTokenByte: Bool { ByteClass.token[Int(self)] }

    /// An ASCII decimal digit; nothing else in Unicode counts.
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// The value of an ASCII hexadecimal digit.
    package var hexDigitValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}

/// Tables of the character classes of RFC 9110 and RFC 3986.
enum ByteClass {
    static let token = table("!#$%&'*+-.^_`|~" + digitsAndLetters)
    /// unreserved / sub-delims / ":" / "@": what a path segment may hold besides "%".
    static let pathCharacter = table("-._~!$&'()*+,;=:@" + digitsAndLetters)
    /// A registered name without the comma, which is what joined Host fields look like.
    static let hostCharacter = table("-._~!$&'()*+;=" + digitsAndLetters)

    private static let digitsAndLetters =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    private static func table(_ members: String) -> [Bool] {
        var table = [Bool](repeating: false, count: 256)
        for byte in members.utf8 { table[Int(byte)] = true }
        return table
    }
}
