import JSON
import Signing

/// Message authentication codes as providers send them: hexadecimal text.
enum Mac {
    /// HMAC-SHA256 in lower case.
    static func sha256(_ text: String, _ key: [UInt8]) -> String {
        hexadecimal(HMACSHA256.code(for: Array(text.utf8), key: key))
    }

    /// HMAC-SHA512 in lower case.
    static func sha512(_ text: [UInt8], _ key: [UInt8]) -> String {
        hexadecimal(HMACSHA512.code(for: text, key: key))
    }

    /// Whether a code that was sent is the one expected, in a time that tells nothing of it.
    static func isEqual(_ expected: String, _ sent: String) -> Bool {
        let lowerCase = sent.utf8.map { $0 >= 0x41 && $0 <= 0x46 ? $0 | 0x20 : $0 }
        return ConstantTime.equal(Array(expected.utf8), lowerCase)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        String(decoding: Hexadecimal.encode(bytes), as: UTF8.self)
    }
}
