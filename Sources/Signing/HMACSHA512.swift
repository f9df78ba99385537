import COpenSSL

/// HMAC with SHA-512 (RFC 2104), one message and one key at a time.
package enum HMACSHA512 {
    /// Bytes of a code.
    package static let byteCount = 64

    /// Code of one message under a key of any length.
    package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: byteCount)
        var length = 0
        // An empty Swift array may pass a null pointer, which would mean "no key".
        let result = unsafe EVP_Q_mac(
            nil, "HMAC", nil, "SHA512", nil, key.isEmpty ? [0] : key, key.count, message,
            message.count, &code, code.count, &length)
        precondition(
            unsafe result != nil && length == byteCount,
            "OpenSSL's default provider always has HMAC with SHA-512")
        return code
    }
}
