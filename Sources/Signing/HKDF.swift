/// Key derivation with HMAC-SHA256 (RFC 5869).
enum HKDF {
    /// Output keying material of `count` bytes, at most 255 * 32.
    static func derive(
        from keyingMaterial: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int
    ) -> [UInt8] {
        precondition(
            (0...255 * HMACSHA256.byteCount).contains(count),
            "HKDF-SHA256 gives at most 8,160 bytes (RFC 5869 section 2.3)")
        // A missing salt is a block of zeros, which HMAC makes of an empty key by itself.
        let pseudorandomKey = HMACSHA256Key(HMACSHA256.code(for: keyingMaterial, key: salt))
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = pseudorandomKey.code(for: block + info + [counter])
            output += block
            counter &+= 1
        }
        return Array(output.prefix(count))
    }
}
