import Signing

/// The secret in the address of a feed: 32 random bytes, of which the service keeps the hash.
struct CalendarToken {
    /// The token as it stands in the address: base64url, 43 characters.
    let text: String
    /// What is kept: without the token it opens nothing, and no guess is worth its while.
    let hash: [UInt8]

    /// A token of so many random bytes.
    init(random bytes: [UInt8]) {
        text = String(decoding: Base64.encodeURL(bytes), as: UTF8.self)
        hash = SHA256.digest(Array(text.utf8))
    }

    /// Reads a token from an address; nil when it cannot be one.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == CalendarToken.length, bytes.allSatisfy(CalendarToken.isPart) else {
            return nil
        }
        self.text = text
        hash = SHA256.digest(bytes)
    }

    static let byteCount = 32
    private static let length = 43

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
