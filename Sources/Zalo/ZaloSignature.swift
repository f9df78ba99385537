import Signing

/// The code with which Zalo proves that an event is its own: a plain SHA-256 over a text that ends
/// with the secret, not an HMAC.
///
/// `X-ZEvent-Signature: mac=<hex of SHA256(app id, raw body, timestamp, OA secret key)>`
/// (https://docs.zaloplatforms.com/docs/OA/webhook). The secret is the Official Account's, not the
/// app's.
package enum ZaloSignature {
    private static let prefix = Array("mac=".utf8)

    /// Whether a header value is right for a body as it was received, byte by byte.
    ///
    /// The time does not depend on where they differ. A secret that is empty proves nothing.
    package static func isValid(
        _ header: [UInt8], appId: String, body: [UInt8], timestamp: String, secret: [UInt8]
    ) -> Bool {
        guard !secret.isEmpty, header.starts(with: prefix) else { return false }
        let code = Hexadecimal.encode(
            SHA256.digest(Array(appId.utf8) + body + Array(timestamp.utf8) + secret))
        return ConstantTime.equal(code, Array(header.dropFirst(prefix.count)))
    }
}
