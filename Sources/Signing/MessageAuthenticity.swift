/// Proves that a short text was made here, by a code of few bits: for what people read and type.
///
/// Its key serves nothing else, so that guesses at a code say nothing of any other.
package struct MessageAuthenticity: Sendable {
    private let keys: [[UInt8]]

    /// Takes the live master keys, newest first: the first one makes codes, all of them know them.
    package init(masterKeys: [MasterKey]) throws(SigningError) {
        keys = masterKeys.map { $0.derived(for: .messageCodes) }
        if keys.isEmpty { throw .noMasterKey }
    }

    /// The first 32 bits of the HMAC-SHA256 of a text by the newest key.
    package func code(of text: [UInt8]) -> UInt32 { MessageAuthenticity.code(of: text, keys[0]) }

    /// Whether any key gives a text this code.
    package func isValid(_ code: UInt32, of text: [UInt8]) -> Bool {
        keys.contains { MessageAuthenticity.code(of: text, $0) == code }
    }

    private static func code(of text: [UInt8], _ key: [UInt8]) -> UInt32 {
        HMACSHA256.code(for: text, key: key).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
