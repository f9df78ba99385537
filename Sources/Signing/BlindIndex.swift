/// Turns a personal value into 16 bytes by which it is found again without being readable.
///
/// Equal values of one purpose give equal bytes; without the master key nobody can try values.
package struct BlindIndex: Sendable {
    /// What a value is; a phone number and an invoice id of the same digits differ.
    package enum Purpose: String, Sendable, CaseIterable {
        case name
        case phone
        case nationalId = "national_id"
        case invoiceId = "invoice_id"
        case zaloUserId = "zalo_user_id"
        case customerCode = "customer_code"
        case customerRecord = "customer_record"
    }

    /// Bytes of an index.
    package static let byteCount = 16

    private let key: [UInt8]

    /// Derives the key.
    ///
    /// After a rotation the indexes must be written anew.
    package init(_ masterKey: MasterKey) { key = masterKey.derived(for: .blindIndex) }

    /// The key made ready, for one loop that indexes often.
    package func prepared() -> HMACSHA256Key { HMACSHA256Key(key) }

    /// As ``index(of:purpose:)``, with a key that ``prepared()`` has made ready.
    package static func index(
        of value: String, purpose: Purpose, with key: HMACSHA256Key
    ) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(64)
        message.append(contentsOf: purpose.rawValue.utf8)
        message.append(0)
        message.append(contentsOf: value.utf8)
        return Array(key.code(for: message).prefix(byteCount))
    }

    /// HMAC-SHA256 of purpose, NUL and value, cut to 16 bytes.
    ///
    /// The value is already in the one form that counts as equal: this compares bytes.
    package func index(of value: String, purpose: Purpose) -> [UInt8] {
        Self.index(of: value, purpose: purpose, with: prepared())
    }
}
