/// A customer code (mã khách hàng): `PB` or `PK` and 11 digits, such as `PB06010001234`.
///
/// The first six characters name the managing unit at the time the code was given; a code is
/// opaque all the same, since provinces have been merged and moved since.
package struct CustomerCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 13 characters, in upper case.
    package let text: String

    /// Reads a code exactly as it is written: upper case, without spaces.
    package init?(exact text: String) {
        let bytes = text.utf8.span
        guard bytes.count == CustomerCode.length, bytes[0] == UInt8(ascii: "P"),
            bytes[1] == UInt8(ascii: "B") || bytes[1] == UInt8(ascii: "K")
        else { return nil }
        for index in 2..<CustomerCode.length where bytes[index] &- UInt8(ascii: "0") > 9 {
            return nil
        }
        self.text = text
    }

    /// Reads a code as a person types or pastes it: white space around it and lower case are
    /// accepted.
    package init?(typed text: String) {
        let spaces: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n", "\u{A0}"]
        var scalars = text.unicodeScalars.drop { spaces.contains($0) }
        while let last = scalars.last, spaces.contains(last) { scalars.removeLast() }
        var bytes = Array(String(scalars).utf8)
        for index in bytes.indices where bytes[index] >= 0x61 && bytes[index] <= 0x7A {
            bytes[index] -= 0x20
        }
        guard let trimmed = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(exact: trimmed)
    }

    package var description: String { text }

    package static func < (left: CustomerCode, right: CustomerCode) -> Bool {
        left.text < right.text
    }

    private static let length = 13
}
