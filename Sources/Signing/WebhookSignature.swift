/// Signatures of what is told to other systems, by Standard Webhooks 1.0
/// (https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
package enum WebhookSignature {
    /// Bytes of a secret; the standard asks for 24 to 64.
    package static let secretByteCount = 32

    /// A secret as its holder keeps it: `whsec_` and Base64.
    package static func text(of secret: [UInt8]) -> String {
        "whsec_" + String(decoding: Base64.encode(secret), as: UTF8.self)
    }

    /// The value of `webhook-signature`: one `v1,…` for each secret, parted by spaces.
    ///
    /// `timestamp` is in seconds since 1970, as `webhook-timestamp` has it.
    package static func header(
        id: String, timestamp: Int64, body: [UInt8], secrets: [[UInt8]]
    ) -> String {
        let content = Array("\(id).\(timestamp).".utf8) + body
        return secrets.map { secret in
            let code = HMACSHA256.code(for: content, key: secret)
            return "v1," + String(decoding: Base64.encode(code), as: UTF8.self)
        }.joined(separator: " ")
    }
}
