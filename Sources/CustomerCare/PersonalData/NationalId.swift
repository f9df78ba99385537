/// Compares the numbers of identity cards: CMND (9 digits) and CCCD (12 digits).
enum NationalId {
    /// The digits; nil unless there are 9 or 12 of them, with spaces and dots at most.
    static func comparable(_ typed: String) -> String? {
        let digits = DigitForm.digits(typed, ignoring: [UInt8(ascii: " "), UInt8(ascii: ".")])
        guard let digits, digits.count == 9 || digits.count == 12 else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }
}

/// Compares the numbers of invoices (ID hóa đơn).
enum InvoiceId {
    /// The digits; nil unless there are 1 to 20 of them, with spaces at most.
    static func comparable(_ typed: String) -> String? {
        let digits = DigitForm.digits(typed, ignoring: separators)
        guard let digits, (1...20).contains(digits.count) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }

    // Kept: millions of lines have one.
    private static let separators: Set<UInt8> = [UInt8(ascii: " ")]
}

/// A number as its ASCII digits.
enum DigitForm {
    /// The digits of a text; nil when it holds anything but digits and the given separators.
    static func digits(_ text: String, ignoring separators: Set<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        digits.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
                digits.append(byte)
            } else if !separators.contains(byte) {
                return nil
            }
        }
        return digits
    }
}
