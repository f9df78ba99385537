import COpenSSL

/// HMAC with SHA-256 (RFC 2104), one message and one key at a time.
package enum HMACSHA256 {
    /// Bytes of a code.
    package static let byteCount = 32

    /// Code of one message.
    ///
    /// Where a key is used again, keep an ``HMACSHA256Key``.
    package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        HMACSHA256Key(key).code(for: message)
    }
}

/// A key made ready once, for many messages; belongs to one loop.
///
/// Holds OpenSSL's context with the key's two blocks already hashed, so a message costs only its
/// own blocks and no look-up of the algorithm.
@safe
package final class HMACSHA256Key {
    private let context: OpaquePointer

    /// Prepares a key of any length, the empty one included (HKDF needs it).
    package init(_ key: [UInt8]) {
        let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        defer { unsafe EVP_MAC_free(algorithm) }
        guard let context = unsafe EVP_MAC_CTX_new(algorithm) else {
            preconditionFailure("OpenSSL's default provider always has HMAC")
        }
        unsafe self.context = unsafe context
        // The parameters keep pointers to both texts, which therefore outlive the call.
        let option = Array(OSSL_MAC_PARAM_DIGEST.utf8CString)
        var digest = Array("SHA256".utf8CString)
        let status = unsafe option.withUnsafeBufferPointer { option in
            unsafe digest.withUnsafeMutableBufferPointer { digest in
                let parameters = unsafe [
                    OSSL_PARAM_construct_utf8_string(option.baseAddress, digest.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                // An empty Swift array may pass a null pointer, which would mean "no new key".
                return unsafe EVP_MAC_init(
                    context, key.isEmpty ? [0] : key, key.count, parameters)
            }
        }
        precondition(status == 1, "HMAC takes a key of any length with SHA-256")
    }

    deinit { unsafe EVP_MAC_CTX_free(context) }

    /// Code of one message.
    package func code(for message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: HMACSHA256.byteCount)
        var length = 0
        let succeeded =
            unsafe EVP_MAC_init(context, nil, 0, nil) == 1
            && EVP_MAC_update(context, message, message.count) == 1
            && EVP_MAC_final(context, &code, &length, code.count) == 1
        precondition(
            succeeded && length == code.count,
            "a keyed HMAC context takes any message and needs no other resource")
        return code
    }

    /// Whether `code` is the code of the message, in a time that says nothing about it.
    package func isCode(_ code: [UInt8], of message: [UInt8]) -> Bool {
        ConstantTime.equal(self.code(for: message), code)
    }
}
