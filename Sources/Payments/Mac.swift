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

extension JSONValue {
    /// A member of an object by the bytes of its name; nil when there is none.
    func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// A text that is not empty and not longer than any reference.
    func text(_ name: String) -> String? {
        guard case .string(let text)? = member(name), (1...4_096).contains(text.utf8.count) else {
            return nil
        }
        return text
    }

    /// A whole number.
    func integer(_ name: String) -> Int64? {
        if case .integer(let number)? = member(name) { number } else { nil }
    }

    /// A reference, which some providers write as a number and some as a text; nil when it is
    /// empty, zero or longer than we keep.
    func reference(_ name: String) -> String? {
        switch member(name) {
        case .integer(let number) where number > 0: "\(number)"
        case .string(let text) where (1...100).contains(text.utf8.count): text
        default: nil
        }
    }

    /// What is read of bytes that are one JSON object; nil for anything else.
    static func object(_ bytes: [UInt8]) -> JSONValue? {
        // What is not JSON is malformed, whatever the fault.
        guard let value = try? JSONValue.parse(bytes), case .object = value else { return nil }
        return value
    }
}
